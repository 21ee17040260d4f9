#include "eg_small_s8_armv7em.h"

/* From a sum to a byte, with right shift - 1 in r3, the multiplier in r12, 2 * zero point + 1 in r0. */
#define EG_FINISH(acc)   \
  "lsl " acc ", " acc    \
  ", #1\n"               \
  "asr lr, " acc         \
  ", #31\n"              \
  "smmlar " acc ", " acc \
  ", r12, lr\n"          \
  "asr " acc ", " acc    \
  ", r3\n"               \
  "add " acc ", " acc    \
  ", r0\n"               \
  "ssat " acc ", #8, " acc ", asr #1\n"
#define EG_FINISH_TWO(a, b) "ldmia r2!, {r3, r12}\n" EG_FINISH(a) EG_FINISH(b)

/* Four channels after four; the last ones may be done already. r4-r7: sums of the first pixel; r8-r11: of the second.
 * Stack: 0 channel, 4 job. */
__attribute__((naked, noinline)) void eg_depthwise_block_s8_armv7em(const eg_depthwise_block_armv7em* job
                                                                    __attribute__((unused))) {
  __asm__ volatile(
      "push {r0, r4-r11, lr}\n"
      "movs r1, #0\n"
      "push {r1}\n"
      "1:\n"
      "ldr r2, [r0, #4]\n"
      "add r2, r2, r1, lsl #3\n"
      "ldm r2, {r4-r11}\n"
      "asr r4, r4, #8\n"
      "asr r5, r6, #8\n"
      "asr r6, r8, #8\n"
      "asr r7, r10, #8\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "ldr r0, [r0]\n"
      "2:\n"
      "ldmia r0!, {r1, r2, r3}\n"
      "cbz r3, 4f\n"
      "ldr r12, [sp]\n"
      "ldr r1, [r1, r12]\n"
      "ldr r2, [r2, r12]\n"
      "ldr r3, [r3, r12]\n"
      "sxtb16 r12, r1\n"
      "sxtb16 lr, r3\n"
      "smlabb r4, r12, lr, r4\n"
      "smlatt r6, r12, lr, r6\n"
      "sxtb16 r12, r2\n"
      "smlabb r8, r12, lr, r8\n"
      "smlatt r10, r12, lr, r10\n"
      "sxtb16 r1, r1, ror #8\n"
      "sxtb16 r2, r2, ror #8\n"
      "sxtb16 r3, r3, ror #8\n"
      "smlabb r5, r1, r3, r5\n"
      "smlatt r7, r1, r3, r7\n"
      "smlabb r9, r2, r3, r9\n"
      "smlatt r11, r2, r3, r11\n"
      "b 2b\n"
      "4:\n"
      "ldr r0, [sp, #4]\n"
      "ldr r1, [sp]\n"
      "ldr r2, [r0, #4]\n"
      "add r2, r2, r1, lsl #3\n"
      "ldr r0, [r0, #20]\n" EG_FINISH_TWO("r4", "r8") EG_FINISH_TWO("r5", "r9") EG_FINISH_TWO("r6", "r10")
          EG_FINISH_TWO("r7", "r11")
      "ldr r0, [sp, #4]\n"
      "ldrd r2, r3, [r0, #8]\n"
      "ldr r12, [r0, #16]\n"
      "add r2, r2, r1\n"
      "strb r4, [r2]\n"
      "strb r5, [r2, #1]\n"
      "strb r6, [r2, #2]\n"
      "strb r7, [r2, #3]\n"
      "add r2, r2, r3\n"
      "strb r8, [r2]\n"
      "strb r9, [r2, #1]\n"
      "strb r10, [r2, #2]\n"
      "strb r11, [r2, #3]\n"
      "sub r12, r12, #4\n"
      "cmp r1, r12\n"
      "beq 3f\n"
      "adds r1, #4\n"
      "cmp r1, r12\n"
      "it gt\n"
      "movgt r1, r12\n"
      "str r1, [sp]\n"
      "b 1b\n"
      "3:\n"
      "add sp, sp, #8\n"
      "pop {r4-r11, pc}\n");
}
