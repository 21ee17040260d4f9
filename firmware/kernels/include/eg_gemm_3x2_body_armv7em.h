/* The body that all forms of eg_gemm_3x2_s8_armv7em share, and their requantisation. */
#ifndef EG_GEMM_3X2_BODY_ARMV7EM_H
#define EG_GEMM_3X2_BODY_ARMV7EM_H

#define EG_UNUSED __attribute__((unused))

/* Two inputs of three pixels times two channels, whose lanes are in `w`. r10, r11, r3: 256 * A + B of the pixels; r12,
 * lr, r7: B of the pixels. */
#define EG_GEMM_TWO_INPUTS(w)   \
  "ldmia.w r0!, {r4, r5, r6}\n" \
  "smlad r10, " w               \
  ", r4, r10\n"                 \
  "smlad r11, " w               \
  ", r5, r11\n"                 \
  "smlad r3, " w                \
  ", r6, r3\n"                  \
  "sxtb16 " w ", " w            \
  "\n"                          \
  "smlad r12, " w               \
  ", r4, r12\n"                 \
  "smlad lr, " w                \
  ", r5, lr\n"                  \
  "smlad r7, " w ", r6, r7\n"

/* One step: four inputs, 24 products in 17 instructions of four bytes each: the entry into the unrolled loop is
 * computed. */
#define EG_GEMM_STEP "ldrd r8, r9, [r1], #8\n" EG_GEMM_TWO_INPUTS("r8") EG_GEMM_TWO_INPUTS("r9")

/* Stack: 0 output of the first pixel, 4 and 8 distances of the others from it, 12 its end, 16 a constant of all
 * channels, 20 pixels, 24 passes through the loop of four steps, 28 its entry. `head` loads that constant into r4.
 * `requantize` turns the sums, 256 * acc in all six, into bytes; it loads its constants from r1 on. */
#define EG_GEMM_3X2_BODY(head, requantize)                       \
  __asm__ volatile(                                              \
      "push {r4-r11, lr}\n"                                      \
      "ldr r12, [sp, #36]\n"                                     \
      "add r7, r3, #3\n"                                         \
      "lsr r7, r7, #2\n"                                         \
      "rsb r8, r3, r7, lsl #2\n"                                 \
      "add r8, r8, r8, lsl #4\n"                                 \
      "adr.w r9, 2f\n"                                           \
      "add r9, r9, r8, lsl #2\n"                                 \
      "orr r9, r9, #1\n" head                                    \
      "push {r0, r7, r9}\n"                                      \
      "push {r4}\n"                                              \
      "ldmia r2, {r4, r5, r6}\n"                                 \
      "sub r5, r5, r4\n"                                         \
      "sub r6, r6, r4\n"                                         \
      "add r12, r4, r12, lsl #1\n"                               \
      "push {r4, r5, r6, r12}\n"                                 \
      "1:\n"                                                     \
      "ldrd r0, r2, [sp, #20]\n"                                 \
      "ldrd r10, r12, [r1], #8\n"                                \
      "mov r11, r10\n"                                           \
      "mov r3, r10\n"                                            \
      "mov lr, r12\n"                                            \
      "mov r7, r12\n"                                            \
      "ldr pc, [sp, #28]\n"                                      \
      ".p2align 2\n"                                             \
      "2:\n" EG_GEMM_STEP EG_GEMM_STEP EG_GEMM_STEP EG_GEMM_STEP \
      "subs r2, r2, #1\n"                                        \
      "bne 2b\n"                                                 \
      "sub r10, r10, r12\n"                                      \
      "sub r11, r11, lr\n"                                       \
      "sub r3, r3, r7\n"                                         \
      "lsl r12, r12, #8\n"                                       \
      "lsl lr, lr, #8\n"                                         \
      "lsl r7, r7, #8\n" requantize                              \
      "ldm sp, {r0, r4, r5, r6}\n"                               \
      "strb r11, [r0, r4]\n"                                     \
      "strb r3, [r0, r5]\n"                                      \
      "strb r10, [r0], #1\n"                                     \
      "strb lr, [r0, r4]\n"                                      \
      "strb r7, [r0, r5]\n"                                      \
      "strb r12, [r0], #1\n"                                     \
      "str r0, [sp]\n"                                           \
      "cmp r0, r6\n"                                             \
      "bne 1b\n"                                                 \
      "add sp, sp, #32\n"                                        \
      "pop {r4-r11, pc}\n")

#define EG_GEMM_SIX(one)                                                                                             \
  one("r10", "r2", "r5", "r8") one("r11", "r2", "r5", "r8") one("r3", "r2", "r5", "r8") one("r12", "r4", "r6", "r9") \
      one("lr", "r4", "r6", "r9") one("r7", "r4", "r6", "r9")

/* m multiplier, k rounding, s right shift. */
#define EG_GEMM_RELU_ONE(acc, m, k, s) \
  "smmla " acc ", " acc ", " m ", " k  \
  "\n"                                 \
  "asr " acc ", " acc ", " s           \
  "\n"                                 \
  "ssat " acc ", #8, " acc "\n"
#define EG_GEMM_LINEAR_ONE(acc, m, k, s) \
  "asr " acc ", " acc                    \
  ", #7\n"                               \
  "add r0, " k ", " acc                  \
  ", asr #31\n"                          \
  "smmlar " acc ", " acc ", " m          \
  ", r0\n"                               \
  "asr " acc ", " acc ", " s             \
  "\n"                                   \
  "ssat " acc ", #8, " acc "\n"
#define EG_GEMM_RELU "ldmia r1!, {r2, r4, r5, r6, r8, r9}\n" EG_GEMM_SIX(EG_GEMM_RELU_ONE)
#define EG_GEMM_LINEAR "ldmia r1!, {r2, r4, r5, r6, r8, r9}\n" EG_GEMM_SIX(EG_GEMM_LINEAR_ONE)

/* The relu form with the same right shift for all channels; `shift` is a string. Roundings are the constant of all
 * channels plus 16 bits of each. */
#define EG_GEMM_COMMON_ONE(acc, m, k, shift) \
  "smmla " acc ", " acc ", " m ", " k        \
  "\n"                                       \
  "ssat " acc ", #8, " acc ", asr #" shift "\n"
#define EG_GEMM_COMMON(shift)                                                                      \
  "ldmia r1!, {r2, r4, r6}\n"                                                                      \
  "ldr r8, [sp, #16]\n"                                                                            \
  "uxtah r5, r8, r6\n"                                                                             \
  "uxtah r6, r8, r6, ror #16\n" EG_GEMM_COMMON_ONE("r10", "r2", "r5", shift)                       \
      EG_GEMM_COMMON_ONE("r11", "r2", "r5", shift) EG_GEMM_COMMON_ONE("r3", "r2", "r5", shift)     \
          EG_GEMM_COMMON_ONE("r12", "r4", "r6", shift) EG_GEMM_COMMON_ONE("lr", "r4", "r6", shift) \
              EG_GEMM_COMMON_ONE("r7", "r4", "r6", shift)

#define EG_GEMM_NO_HEAD
#define EG_GEMM_HEAD "ldr r4, [r1], #4\n"

#define EG_GEMM_3X2(name, head, requantize)                                                                    \
  __attribute__((naked, noinline)) void name(const int32_t* pixels EG_UNUSED, const int32_t* packed EG_UNUSED, \
                                             int8_t* const outputs[3] EG_UNUSED, int32_t steps EG_UNUSED,      \
                                             int32_t pairs EG_UNUSED) {                                        \
    EG_GEMM_3X2_BODY(head, requantize);                                                                        \
  }

#endif
