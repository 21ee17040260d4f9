#include "eg_small_s8_armv7em.h"

/* Two inputs of three pixels times two channels, whose lanes are in `w`. r10, r11, r3: 256 * A + B of the pixels; r12,
 * lr, r7: B of the pixels. */
#define EG_TWO_INPUTS(w)      \
  "ldmia r0!, {r4, r5, r6}\n" \
  "smlad r10, " w             \
  ", r4, r10\n"               \
  "smlad r11, " w             \
  ", r5, r11\n"               \
  "smlad r3, " w              \
  ", r6, r3\n"                \
  "sxtb16 " w ", " w          \
  "\n"                        \
  "smlad r12, " w             \
  ", r4, r12\n"               \
  "smlad lr, " w              \
  ", r5, lr\n"                \
  "smlad r7, " w ", r6, r7\n"

#define EG_STEP "ldrd r8, r9, [r1], #8\n" EG_TWO_INPUTS("r8") EG_TWO_INPUTS("r9")

/* From 2 * sum to a byte, with right shift - 1 in r1, the multiplier in r2. The first rounding is SMMLAR's; one less
 * for negative sums makes the second one round ties away from zero. */
#define EG_FINISH(acc)   \
  "asr r9, " acc         \
  ", #31\n"              \
  "smmlar " acc ", " acc \
  ", r2, r9\n"           \
  "asr " acc ", " acc    \
  ", r1\n"               \
  "add " acc ", " acc    \
  ", r6\n"               \
  "ssat " acc ", #8, " acc ", asr #1\n"

/* Pairs of channels; an odd number of steps begins in the middle of the loop. The sums of A are finished first, then
 * those of B by the same code; nothing in it changes the flags, which tell the two rounds apart. */
__attribute__((naked, noinline)) void eg_gemm_small_s8_armv7em(eg_gemm_small_armv7em* job __attribute__((unused))) {
  __asm__ volatile(
      "push {r0, r4-r11, lr}\n"
      "1:\n"
      "ldr r9, [sp]\n"
      "ldm r9, {r0, r1, r2, r3}\n"
      "ldr r4, [r3]\n"
      "ldr r5, [r3, #8]\n"
      "asr r12, r5, #8\n"
      "bic r4, r4, #255\n"
      "add r10, r12, r4\n"
      "mov r11, r10\n"
      "mov r3, r10\n"
      "mov lr, r12\n"
      "mov r7, r12\n"
      "adds r2, #1\n"
      "lsrs r2, r2, #1\n"
      "bcc 5f\n"
      ".p2align 2\n"
      "2:\n" EG_STEP "5:\n" EG_STEP
      "subs r2, r2, #1\n"
      "bne 2b\n"
      "sub r10, r10, r12\n"
      "sub r11, r11, lr\n"
      "sub r3, r3, r7\n"
      "asr r10, r10, #7\n"
      "asr r11, r11, #7\n"
      "asr r3, r3, #7\n"
      "lsl r12, r12, #1\n"
      "lsl lr, lr, #1\n"
      "lsl r7, r7, #1\n"
      "ldr r9, [sp]\n"
      "str r1, [r9, #4]\n"
      "ldr r0, [r9, #12]\n"
      "add r8, r9, #16\n"
      "ldm r8, {r4, r5, r6, r8}\n"
      "3:\n"
      "ldmia r0!, {r1, r2}\n" EG_FINISH("r10") EG_FINISH("r11") EG_FINISH("r3")
      "strb r11, [r8, r4]\n"
      "strb r3, [r8, r5]\n"
      "strb r10, [r8], #1\n"
      "bne 4f\n"
      "mov r10, r12\n"
      "mov r11, lr\n"
      "mov r3, r7\n"
      "cmp r0, #0\n"
      "b 3b\n"
      "4:\n"
      "ldr r9, [sp]\n"
      "str r0, [r9, #12]\n"
      "str r8, [r9, #28]\n"
      "ldr r1, [r9, #32]\n"
      "cmp r8, r1\n"
      "bne 1b\n"
      "pop {r0, r4-r11, pc}\n");
}
