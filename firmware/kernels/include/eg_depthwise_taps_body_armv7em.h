/* The body that both forms of eg_depthwise_taps_block_s8_armv7em share. */
#ifndef EG_DEPTHWISE_TAPS_BODY_ARMV7EM_H
#define EG_DEPTHWISE_TAPS_BODY_ARMV7EM_H

#define EG_UNUSED __attribute__((unused))

/* Two taps of four channels: lanes 256 * value times weights, for the sums in r4-r7; r12 is 0xFF00FF00. */
#define EG_DW_TAPS               \
  "ldrd r8, r9, [r1], #8\n"      \
  "ldr r8, [r0, r8]\n"           \
  "ldr r9, [r0, r9]\n"           \
  "ldrd r3, lr, [r2], #8\n"      \
  "pkhbt r10, r8, r9, lsl #16\n" \
  "pkhtb r11, r9, r8, asr #16\n" \
  "and r8, r12, r10, lsl #8\n"   \
  "and r10, r12, r10\n"          \
  "smlad r4, r8, r3, r4\n"       \
  "smlad r5, r10, lr, r5\n"      \
  "ldrd r3, lr, [r2], #8\n"      \
  "and r8, r12, r11, lsl #8\n"   \
  "and r11, r12, r11\n"          \
  "smlad r6, r8, r3, r6\n"       \
  "smlad r7, r11, lr, r7\n"

/* The same with taps at known distances from r0. */
#define EG_DW_TWO_TAPS(first, second) \
  "ldr r8, [r0, " first               \
  "]\n"                               \
  "ldr r9, [r0, " second              \
  "]\n"                               \
  "pkhbt r10, r8, r9, lsl #16\n"      \
  "pkhtb r11, r9, r8, asr #16\n"      \
  "ldrd r8, r9, [r2], #8\n"           \
  "and lr, r12, r10, lsl #8\n"        \
  "and r10, r12, r10\n"               \
  "smlad r4, lr, r8, r4\n"            \
  "smlad r5, r10, r9, r5\n"           \
  "ldrd r8, r9, [r2], #8\n"           \
  "and lr, r12, r11, lsl #8\n"        \
  "and r11, r12, r11\n"               \
  "smlad r6, lr, r8, r6\n"            \
  "smlad r7, r11, r9, r7\n"

/* A last tap, whose weights are in the lower lanes. */
#define EG_DW_ONE_TAP(first)   \
  "ldr r10, [r0, " first       \
  "]\n"                        \
  "ldmia r2!, {r8, r9, r11}\n" \
  "and lr, r12, r10, lsl #8\n" \
  "and r10, r12, r10\n"        \
  "smlabb r4, lr, r8, r4\n"    \
  "ldr r8, [r2], #4\n"         \
  "smlabb r5, r10, r9, r5\n"   \
  "smlatb r6, lr, r11, r6\n"   \
  "smlatb r7, r10, r8, r7\n"

/* From 256 * acc, in a register, to a byte at [r3]. */
#define EG_DW_TAPS_RELU(acc)   \
  "ldmia r2!, {r8, r9, r10}\n" \
  "smmla " acc ", " acc        \
  ", r8, r9\n"                 \
  "asr " acc ", " acc          \
  ", r10\n"                    \
  "ssat " acc ", #8, " acc     \
  "\n"                         \
  "strb " acc ", [r3], #1\n"
#define EG_DW_TAPS_LINEAR(acc) \
  "ldmia r2!, {r8, r9, r10}\n" \
  "asr " acc ", " acc          \
  ", #7\n"                     \
  "add r9, r9, " acc           \
  ", asr #31\n"                \
  "smmlar " acc ", " acc       \
  ", r8, r9\n"                 \
  "asr " acc ", " acc          \
  ", r10\n"                    \
  "ssat " acc ", #8, " acc     \
  "\n"                         \
  "strb " acc ", [r3], #1\n"

/* Stack: 0 offsets, 4 their end, 8 output, 12 its end. */
#define EG_DW_TAPS_BODY(requantize) \
  __asm__ volatile(                       \
      "push {r4-r11, lr}\n"               \
      "ldrd r4, r5, [sp, #36]\n"          \
      "add r4, r1, r4, lsl #3\n"          \
      "add r5, r3, r5, lsl #2\n"          \
      "push {r3, r5}\n"                   \
      "push {r1, r4}\n"                   \
      "mov r12, #0xFF00FF00\n"            \
      "1:\n"                              \
      "ldmia r2!, {r4-r7}\n"              \
      "2:\n"                              \
      EG_DW_TAPS                          \
      "ldr r3, [sp, #4]\n"                \
      "cmp r1, r3\n"                      \
      "bne 2b\n"                          \
      "ldr r3, [sp, #8]\n"                \
      requantize("r4")                    \
      requantize("r5")                    \
      requantize("r6")                    \
      requantize("r7")                    \
      "ldr r1, [sp]\n"                    \
      "ldr r4, [sp, #12]\n"               \
      "str r3, [sp, #8]\n"                \
      "add r0, r0, #4\n"                  \
      "cmp r3, r4\n"                      \
      "bne 1b\n"                          \
      "add sp, sp, #16\n"                 \
      "pop {r4-r11, pc}\n")

#define EG_DEPTHWISE_TAPS_BLOCK(name, requantize)                                                              \
  __attribute__((naked, noinline)) void name(const int8_t* window EG_UNUSED, const int32_t* offsets EG_UNUSED, \
                                             const int32_t* packed EG_UNUSED, int8_t* output EG_UNUSED,        \
                                             int32_t pairs EG_UNUSED, int32_t blocks EG_UNUSED) {              \
    EG_DW_TAPS_BODY(requantize);                                                                               \
  }

#endif
