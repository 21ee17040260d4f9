#include "eg_depthwise_3x3_s8_armv7em.h"

__attribute__((naked, noinline)) void eg_depthwise_weights_s8_armv7em(void) {
  __asm__ volatile(
      "ldmia r2, {r4, r8, r9, r10}\n"
      "lsr r3, r9, #8\n"
      "orr r3, r3, r10, lsl #24\n"
      "bfc r10, #0, #8\n"
      "clz r11, r3\n"
      "mov r5, #128\n"
      "lsr r11, r5, r11\n"
      "sxtb16 r6, r4, ror #8\n"
      "sxtb16 r4, r4\n"
      "sxtb16 r5, r8\n"
      "sxtb16 r8, r8, ror #8\n"
      "sxtb r9, r9\n"
      "pkhbt r9, r8, r9, lsl #16\n"
      "pkhtb r7, r8, r6, asr #16\n"
      "pkhbt r8, r5, r8, lsl #16\n"
      "pkhtb r5, r5, r4, asr #16\n"
      "bx lr\n");
}
