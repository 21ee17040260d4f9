/* The body that all forms of eg_depthwise_taps_block_s8_armv7em share. */
#ifndef EG_DEPTHWISE_TAPS_BODY_ARMV7EM_H
#define EG_DEPTHWISE_TAPS_BODY_ARMV7EM_H

#define EG_UNUSED __attribute__((unused))

/* Two taps of four channels, in r8 and r9: lanes 256 * value times weights, for the sums in r4-r7. r12 is 0xFF00FF00;
 * r3, lr, r10, r11 are free. */
#define EG_DW_PRODUCTS           \
  "pkhbt r10, r8, r9, lsl #16\n" \
  "pkhtb r11, r9, r8, asr #16\n" \
  "ldrd r8, r9, [r2], #8\n"      \
  "and lr, r12, r10, lsl #8\n"   \
  "and r10, r12, r10\n"          \
  "sxtb16 r3, r8\n"              \
  "sxtb16 r8, r8, ror #8\n"      \
  "smlad r4, lr, r3, r4\n"       \
  "smlad r5, r10, r8, r5\n"      \
  "and lr, r12, r11, lsl #8\n"   \
  "and r11, r12, r11\n"          \
  "sxtb16 r8, r9\n"              \
  "sxtb16 r9, r9, ror #8\n"      \
  "smlad r6, lr, r8, r6\n"       \
  "smlad r7, r11, r9, r7\n"

/* Taps at known distances from r0. */
#define EG_DW_TWO_TAPS(first, second) \
  "ldr r8, [r0, " first               \
  "]\n"                               \
  "ldr r9, [r0, " second "]\n" EG_DW_PRODUCTS

/* A last tap, whose weights are in the lower lanes. */
#define EG_DW_ONE_TAP(first)   \
  "ldr r10, [r0, " first       \
  "]\n"                        \
  "ldrd r8, r9, [r2], #8\n"    \
  "and lr, r12, r10, lsl #8\n" \
  "and r10, r12, r10\n"        \
  "sxtb r11, r8\n"             \
  "sxtb r8, r8, ror #8\n"      \
  "smlabb r4, lr, r11, r4\n"   \
  "smlabb r5, r10, r8, r5\n"   \
  "sxtb r11, r9\n"             \
  "sxtb r9, r9, ror #8\n"      \
  "smlatb r6, lr, r11, r6\n"   \
  "smlatb r7, r10, r9, r7\n"

/* From 256 * acc, in r4-r7, to bytes at [r1]; r3 and r8 on are free. The constants that all channels share are told at
 * eg_depthwise_taps_block_s8_armv7em. */
#define EG_DW_BYTE(acc) "strb " acc ", [r1], #1\n"

/* Linear: the right shift less 1 is added to 256 * acc; lr holds 2 * zero_point + 1. */
#define EG_DW_LINEAR_ONE(acc, m) \
  "uxtb r12, " acc               \
  "\n"                           \
  "asr " acc ", " acc            \
  ", #7\n"                       \
  "lsl r3, lr, r12\n"            \
  "add r3, r3, " acc             \
  ", asr #31\n"                  \
  "smmlar " acc ", " acc ", " m  \
  ", r3\n"                       \
  "asr " acc ", " acc            \
  ", r12\n"                      \
  "ssat " acc ", #8, " acc ", asr #1\n" EG_DW_BYTE(acc)
#define EG_DW_LINEAR(load)                                                                         \
  "ldmia r2!, {r8, r9, r10, r11}\n" load EG_DW_LINEAR_ONE("r4", "r8") EG_DW_LINEAR_ONE("r5", "r9") \
      EG_DW_LINEAR_ONE("r6", "r10") EG_DW_LINEAR_ONE("r7", "r11")

/* Relu: byte i of r3 is the right shift less 1; lr holds 2 * zero_point + 1. */
#define EG_DW_RELU_ONE(acc, m, turn) \
  "uxtb r12, r3" turn                \
  "\n"                               \
  "lsl r11, lr, r12\n"               \
  "add r11, r11, #64\n"              \
  "smmla " acc ", " acc ", " m       \
  ", r11\n"                          \
  "asr " acc ", " acc                \
  ", r12\n"                          \
  "ssat " acc ", #8, " acc ", asr #1\n" EG_DW_BYTE(acc)
#define EG_DW_RELU(load)                                                                                      \
  "ldmia r2!, {r3, r8, r9, r10}\n" load EG_DW_RELU_ONE("r4", "r8", "") EG_DW_RELU_ONE("r5", "r9", ", ror #8") \
      EG_DW_RELU_ONE("r6", "r10", ", ror #16") "ldr r8, [r2], #4\n" EG_DW_RELU_ONE("r7", "r8", ", ror #24")

/* Relu with one right shift for all channels: byte i of r3 is what the rounding exceeds r12 by. */
#define EG_DW_SHIFT_ONE(acc, m, turn, shift) \
  "uxtab lr, r12, r3" turn                   \
  "\n"                                       \
  "smmla " acc ", " acc ", " m ", lr\n" shift(acc) EG_DW_BYTE(acc)
#define EG_DW_SHIFT(load, shift)                                               \
  "ldmia r2!, {r3, r8, r9, r10}\n" load EG_DW_SHIFT_ONE("r4", "r8", "", shift) \
      EG_DW_SHIFT_ONE("r5", "r9", ", ror #8", shift) EG_DW_SHIFT_ONE(          \
          "r6", "r10", ", ror #16", shift) "ldr r8, [r2], #4\n" EG_DW_SHIFT_ONE("r7", "r8", ", ror #24", shift)

/* In a function, the shared constants are on the stack. */
#define EG_DW_LOAD_ZERO "ldr lr, [sp, #60]\n"
#define EG_DW_LOAD_BASE "ldrd r12, r11, [sp, #60]\n"
#define EG_DW_BY_R11(acc) "asr " acc ", " acc ", r11\nssat " acc ", #8, " acc "\n"

/* Stack: 0 offsets, 4 their end, 8 output, 12 its end, 60 and 64 the shared constants. */
#define EG_DW_TAPS_BODY(requantize)       \
  __asm__ volatile(                       \
      "push {r4-r11, lr}\n"               \
      "ldrd r4, r5, [sp, #36]\n"          \
      "add r4, r1, r4, lsl #3\n"          \
      "add r5, r3, r5, lsl #2\n"          \
      "push {r3, r5}\n"                   \
      "push {r1, r4}\n"                   \
      "1:\n"                              \
      "ldmia r2!, {r4-r7}\n"              \
      "mov r12, #0xFF00FF00\n"            \
      "2:\n"                              \
      "ldrd r8, r9, [r1], #8\n"           \
      "ldr r8, [r0, r8]\n"                \
      "ldr r9, [r0, r9]\n" EG_DW_PRODUCTS \
      "ldr r3, [sp, #4]\n"                \
      "cmp r1, r3\n"                      \
      "bne 2b\n"                          \
      "ldr r1, [sp, #8]\n" requantize     \
      "ldr r4, [sp, #12]\n"               \
      "str r1, [sp, #8]\n"                \
      "add r0, r0, #4\n"                  \
      "cmp r1, r4\n"                      \
      "ldr r1, [sp]\n"                    \
      "bne 1b\n"                          \
      "add sp, sp, #16\n"                 \
      "pop {r4-r11, pc}\n")

#define EG_DEPTHWISE_TAPS_BLOCK(name, requantize)                                                              \
  __attribute__((naked, noinline)) void name(const int8_t* window EG_UNUSED, const int32_t* offsets EG_UNUSED, \
                                             const int32_t* packed EG_UNUSED, int8_t* output EG_UNUSED,        \
                                             int32_t pairs EG_UNUSED, int32_t blocks EG_UNUSED,                \
                                             int32_t zero EG_UNUSED, int32_t shift EG_UNUSED) {                \
    EG_DW_TAPS_BODY(requantize);                                                                               \
  }

#endif
