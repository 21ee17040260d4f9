#include "eg_depthwise_conv_2d_s8_armv6m.h"

#define EG_UNUSED __attribute__((unused))

/* Registers: r0 plane, r1 limit, r2 value, r3 weight, r4 to r7 four outputs, r8 pitch, r9 advance, r10 output, r11 its
 * step, r12 plane. The stack holds a copy of the struct; its spare word counts the outputs left in a line. */

/* clang-format off */
#define EG_PRODUCT(at, sum) \
  "ldrb r2, [r0, #" #at "]\n" \
  "muls r2, r3, r2\n" \
  "adds " #sum ", " #sum ", r2\n"

#define EG_WEIGHT(i, a, b, c, d) \
  "ldr r3, [sp, #4*" #i "]\n" \
  EG_PRODUCT(a, r4) EG_PRODUCT(b, r5) EG_PRODUCT(c, r6) EG_PRODUCT(d, r7)

#define EG_COPY_4 \
  "ldmia r0!, {r1-r4}\n" \
  "stmia r5!, {r1-r4}\n"

__attribute__((naked, noinline)) void eg_lines_3x3_stride_2_armv6m(const eg_lines_3x3_armv6m* lines EG_UNUSED) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "mov r7, r11\n"
      "push {r4-r7}\n"
      "sub sp, #96\n"
      "mov r5, sp\n"
      EG_COPY_4 EG_COPY_4 EG_COPY_4 EG_COPY_4 EG_COPY_4 EG_COPY_4
      "ldr r1, [sp, #80]\n"
      "mov r8, r1\n"
      "ldr r1, [sp, #84]\n"
      "mov r9, r1\n"
      "ldr r1, [sp, #88]\n"
      "mov r11, r1\n"
      "ldr r1, [sp, #52]\n"
      "mov lr, r1\n"
      "1:\n"
      "ldr r0, [sp, #56]\n"
      "ldr r1, [sp, #64]\n"
      "mov r10, r1\n"
      "ldr r1, [sp, #76]\n"
      "str r1, [sp, #92]\n"
      "2:\n"
      "ldr r4, [sp, #36]\n"
      "movs r5, r4\n"
      "movs r6, r4\n"
      "movs r7, r4\n"
      EG_WEIGHT(0, 0, 2, 4, 6) EG_WEIGHT(1, 1, 3, 5, 7) EG_WEIGHT(2, 2, 4, 6, 8)
      "add r0, r8\n"
      EG_WEIGHT(3, 0, 2, 4, 6) EG_WEIGHT(4, 1, 3, 5, 7) EG_WEIGHT(5, 2, 4, 6, 8)
      "add r0, r8\n"
      EG_WEIGHT(6, 0, 2, 4, 6) EG_WEIGHT(7, 1, 3, 5, 7) EG_WEIGHT(8, 2, 4, 6, 8)
      "add r0, r9\n"
      "mov r12, r0\n"
      "ldr r1, [sp, #40]\n"
      "ldr r2, [sp, #44]\n"
      "ldr r3, [sp, #48]\n"
      EG_RELU_ARMV6M("r4", "r1", "r2", "r3", "r0")
      EG_RELU_ARMV6M("r5", "r1", "r2", "r3", "r0")
      EG_RELU_ARMV6M("r6", "r1", "r2", "r3", "r0")
      EG_RELU_ARMV6M("r7", "r1", "r2", "r3", "r0")
      "mov r0, r10\n"
      "ldr r1, [sp, #92]\n"
      "strb r4, [r0]\n"
      "cmp r1, #1\n"
      "beq 3f\n"
      "add r0, r11\n"
      "strb r5, [r0]\n"
      "cmp r1, #2\n"
      "beq 3f\n"
      "add r0, r11\n"
      "strb r6, [r0]\n"
      "cmp r1, #3\n"
      "beq 3f\n"
      "add r0, r11\n"
      "strb r7, [r0]\n"
      "add r0, r11\n"
      "mov r10, r0\n"
      "subs r1, #4\n"
      "beq 3f\n"
      "str r1, [sp, #92]\n"
      "mov r0, r12\n"
      "b 2b\n"
      "3:\n"
      "ldr r0, [sp, #56]\n"
      "ldr r1, [sp, #60]\n"
      "adds r0, r0, r1\n"
      "str r0, [sp, #56]\n"
      "ldr r0, [sp, #64]\n"
      "ldr r1, [sp, #68]\n"
      "adds r0, r0, r1\n"
      "str r0, [sp, #64]\n"
      "ldr r0, [sp, #72]\n"
      "subs r0, #1\n"
      "str r0, [sp, #72]\n"
      "beq 4f\n"
      "b 1b\n"
      "4:\n"
      "add sp, #96\n"
      "pop {r4-r7}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "pop {r4-r7, pc}\n");
}
/* clang-format on */
