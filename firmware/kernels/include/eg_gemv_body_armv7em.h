/* The body that all forms of eg_gemv_s8_armv7em share. */
#ifndef EG_GEMV_BODY_ARMV7EM_H
#define EG_GEMV_BODY_ARMV7EM_H

#define EG_UNUSED __attribute__((unused))

/* Four inputs as int16 lanes in r4 and r5; with the rest of a step that makes so many bytes of code. */
#define EG_GEMV_LOAD "ldrd r4, r5, [r0], #8\n"
#define EG_GEMV_STEP_BYTES "56"
#define EG_GEMV_LOAD_RAW    \
  "ldr r4, [r0], #4\n"      \
  "sxtb16 r5, r4, ror #8\n" \
  "sxtb16 r4, r4\n"
#define EG_GEMV_STEP_BYTES_RAW "64"

/* Four inputs times four channels. r10, r11: 256 * A + B and 256 * C + D; r12, lr: B and D. */
#define EG_GEMV_STEP(load)        \
  load "ldmia.w r1!, {r6-r9}\n"   \
       "smlad r10, r6, r4, r10\n" \
       "smlad r11, r8, r4, r11\n" \
       "smlad r10, r7, r5, r10\n" \
       "smlad r11, r9, r5, r11\n" \
       "sxtb16 r6, r6\n"          \
       "sxtb16 r8, r8\n"          \
       "sxtb16 r7, r7\n"          \
       "sxtb16 r9, r9\n"          \
       "smlad r12, r6, r4, r12\n" \
       "smlad lr, r8, r4, lr\n"   \
       "smlad r12, r7, r5, r12\n" \
       "smlad lr, r9, r5, lr\n"

/* The same for weights that are int8, one word for each channel. r10, r11: A and C; r12, lr: B and D. */
#define EG_GEMV_WIDE_BYTES "76"
#define EG_GEMV_WIDE_BYTES_RAW "84"
#define EG_GEMV_WIDE_TWO(first, second) \
  "ldrd r6, r7, [r1], #8\n"             \
  "sxtb16 r8, r6\n"                     \
  "sxtb16 r6, r6, ror #8\n"             \
  "sxtb16 r9, r7\n"                     \
  "sxtb16 r7, r7, ror #8\n"             \
  "smlad " first ", r8, r4, " first     \
  "\n"                                  \
  "smlad " first ", r6, r5, " first     \
  "\n"                                  \
  "smlad " second ", r9, r4, " second   \
  "\n"                                  \
  "smlad " second ", r7, r5, " second "\n"
#define EG_GEMV_WIDE_STEP(load) load EG_GEMV_WIDE_TWO("r10", "r12") EG_GEMV_WIDE_TWO("r11", "lr")

/* Behind the products: the sums of packed channels apart, 256 * acc, and constants of all channels to r4-r6. */
#define EG_GEMV_APART   \
  "sub r10, r10, r12\n" \
  "lsl r12, r12, #8\n"  \
  "sub r11, r11, lr\n"  \
  "lsl lr, lr, #8\n"
#define EG_GEMV_TENSOR       \
  "ldrd r4, r5, [sp, #16]\n" \
  "ldr r6, [sp, #24]\n" EG_GEMV_APART
#define EG_GEMV_NOTHING

/* From 256 * acc, in a register, to a byte at [r3], with multiplier r4, rounding r5, shift r6. */
#define EG_GEMV_RELU(acc)  \
  "smmla " acc ", " acc    \
  ", r4, r5\n"             \
  "asr " acc ", " acc      \
  ", r6\n"                 \
  "ssat " acc ", #8, " acc \
  "\n"                     \
  "strb " acc ", [r3], #1\n"
#define EG_GEMV_LINEAR(acc) \
  "asr " acc ", " acc       \
  ", #7\n"                  \
  "add r7, r5, " acc        \
  ", asr #31\n"             \
  "smmlar " acc ", " acc ", r4, r7\n" EG_GEMV_END(acc)
#define EG_GEMV_END(acc)   \
  "asr " acc ", " acc      \
  ", r6\n"                 \
  "ssat " acc ", #8, " acc \
  "\n"                     \
  "strb " acc ", [r3], #1\n"

/* With constants of its own for each channel; the second one from acc itself. */
#define EG_GEMV_OWN(acc) "ldmia r1!, {r4, r5, r6}\n" EG_GEMV_LINEAR(acc)
#define EG_GEMV_OWN_WIDE(acc) \
  "ldmia r1!, {r4, r5, r6}\n" \
  "add r7, r5, " acc          \
  ", asr #31\n"               \
  "lsl " acc ", " acc         \
  ", #1\n"                    \
  "smmlar " acc ", " acc ", r4, r7\n" EG_GEMV_END(acc)

/* Stack: 0 inputs, 4 passes through the loop of four steps, 8 its entry, 12 end of the output, 16 multiplier, rounding,
 * shift of all channels. */
#define EG_GEMV_BODY(step, step_bytes, finish, requantize) \
  __asm__ volatile(                                        \
      "push {r4-r11, lr}\n"                                \
      "ldr r4, [sp, #36]\n"                                \
      "add r4, r2, r4, lsl #2\n"                           \
      "add r5, r3, #3\n"                                   \
      "lsr r5, r5, #2\n"                                   \
      "rsb r6, r3, r5, lsl #2\n"                           \
      "mov r7, #" step_bytes "\n"                          \
      "mul r6, r6, r7\n"                                   \
      "adr.w r7, 2f\n"                                     \
      "add r6, r6, r7\n"                                   \
      "orr r6, r6, #1\n"                                   \
      "ldmia r1!, {r8-r11}\n"                              \
      "push {r8-r11}\n"                                    \
      "push {r4}\n"                                        \
      "push {r6}\n"                                        \
      "push {r0, r5}\n"                                    \
      "mov r3, r2\n"                                       \
      "1:\n"                                               \
      "ldrd r0, r2, [sp]\n"                                \
      "ldmia r1!, {r10, r11, r12, lr}\n"                   \
      "ldr pc, [sp, #8]\n"                                 \
      ".p2align 2\n"                                       \
      "2:\n" step step step step                           \
      "subs r2, r2, #1\n"                                  \
      "bne 2b\n" finish requantize("r10") requantize("r12") requantize("r11") requantize("lr") \
      "ldr r4, [sp, #12]\n"                                \
      "cmp r3, r4\n"                                       \
      "bne 1b\n"                                           \
      "add sp, sp, #32\n"                                  \
      "pop {r4-r11, pc}\n")

#define EG_GEMV_FORM(name, step, step_bytes, finish, requantize)                                            \
  __attribute__((naked, noinline)) void name(const void* inputs EG_UNUSED, const int32_t* packed EG_UNUSED, \
                                             int8_t* output EG_UNUSED, int32_t steps EG_UNUSED,             \
                                             int32_t groups EG_UNUSED) {                                    \
    EG_GEMV_BODY(step, step_bytes, finish, requantize);                                                     \
  }
#define EG_GEMV(name, load, step_bytes, requantize) \
  EG_GEMV_FORM(name, EG_GEMV_STEP(load), step_bytes, EG_GEMV_TENSOR, requantize)

#endif
