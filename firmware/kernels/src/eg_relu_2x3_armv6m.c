#include "eg_gemm_s8_armv6m.h"

#define EG_UNUSED __attribute__((unused))

/* Registers: r0 sums, r1 constants, r2 output, r3 limit, r4 and r5 multiplier, r6 and r7 sums, r8 lower sum, r9
 * distance of the second pixel, r10 end of the outputs. */

/* clang-format off */
__attribute__((naked, noinline)) void eg_relu_2x3_armv6m(const uint32_t* sums EG_UNUSED, const uint32_t* quant EG_UNUSED,
                                                         int8_t* output EG_UNUSED, int32_t second EG_UNUSED,
                                                         int8_t* output_end EG_UNUSED) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "push {r4-r6}\n"
      "mov r9, r3\n"
      "ldr r3, [sp, #32]\n"
      "mov r10, r3\n"
      "1:\n"
      "ldr r7, [r0]\n"
      "ldr r6, [r0, #12]\n"
      "lsls r5, r7, #16\n"
      "subs r6, r6, r5\n"
      "ldmia r1!, {r3-r5}\n"
      "adds r7, r7, r3\n"
      "adds r6, r6, r4\n"
      "mov r8, r6\n"
      "movs r3, r5\n"
      "ldmia r1!, {r4-r6}\n"
      "mov lr, r6\n"
      EG_RELU_ARMV6M("r7", "r3", "r4", "r5", "r6")
      "mov r6, r9\n"
      "strb r7, [r2, r6]\n"
      "mov r7, r8\n"
      EG_RELU_ARMV6M("r7", "r3", "r4", "r5", "r6")
      "strb r7, [r2]\n"
      "adds r2, #1\n"
      "adds r0, #4\n"
      "cmp r2, r10\n"
      "bne 1b\n"
      "pop {r4-r6}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "pop {r4-r7, pc}\n");
}
/* clang-format on */
