#include "eg_depthwise_3x3_s8_armv7em.h"

/* r0 and r2 read by steps of r1 and r3; r4 count, r5 drop, r6 destination, r7 plane, r8 three planes, r12 0xFF00FF00.
 */
#define EG_STAGE_PAIR             \
  "pkhbt r10, r9, r11, lsl #16\n" \
  "pkhtb r11, r11, r9, asr #16\n" \
  "and r9, r12, r10, lsl #8\n"    \
  "and r10, r12, r10\n"           \
  "str r10, [r6, r7]\n"           \
  "and r10, r12, r11, lsl #8\n"   \
  "str r10, [r6, r7, lsl #1]\n"   \
  "and r11, r12, r11\n"           \
  "str r11, [r6, r8]\n"           \
  "str r9, [r6], #8\n"            \
  "subs r4, r4, #1\n"

__attribute__((naked, noinline)) void eg_depthwise_stage_s8_armv7em(
    const int8_t* first __attribute__((unused)), int32_t first_step __attribute__((unused)),
    const int8_t* second __attribute__((unused)), int32_t second_step __attribute__((unused)),
    int32_t count __attribute__((unused)), int32_t drop __attribute__((unused)), uint32_t* to __attribute__((unused)),
    int32_t plane __attribute__((unused))) {
  __asm__ volatile(
      "push {r4-r11}\n"
      "add r4, sp, #32\n"
      "ldmia r4, {r4-r7}\n"
      "add r8, r7, r7, lsl #1\n"
      "mov r12, #0xFF00FF00\n"
      "cbnz r5, 2f\n"
      "1:\n"
      "ldr r9, [r0]\n"
      "add r0, r0, r1\n"
      "ldr r11, [r2]\n"
      "add r2, r2, r3\n" EG_STAGE_PAIR
      "bne 1b\n"
      "pop {r4-r11}\n"
      "bx lr\n"
      "2:\n"
      "ldr r9, [r0]\n"
      "add r0, r0, r1\n"
      "lsr r9, r9, r5\n"
      "ldr r11, [r2]\n"
      "add r2, r2, r3\n"
      "lsr r11, r11, r5\n" EG_STAGE_PAIR
      "bne 2b\n"
      "pop {r4-r11}\n"
      "bx lr\n");
}
