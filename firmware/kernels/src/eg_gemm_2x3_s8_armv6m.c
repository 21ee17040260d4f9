#include "eg_gemm_s8_armv6m.h"

#define EG_UNUSED __attribute__((unused))

/* Registers: r0 columns, r1 end of the run, r2 constants, r3 word of two pixels, r4 weight, r5 to r7 sums of the group,
 * r8 to r10 upper pixel's totals, r11, r12 and lr totals of the raw words. Stack: end of the columns, sums. */

/* clang-format off */
#define EG_FIRST(at, sum) \
  "ldrb " #sum ", [r2, #" #at "]\n" \
  "muls " #sum ", r3, " #sum "\n" \
  "adds " #sum ", " #sum ", r4\n"

#define EG_NEXT(at, sum) \
  "ldrb r4, [r2, #" #at "]\n" \
  "muls r4, r3, r4\n" \
  "adds " #sum ", " #sum ", r4\n"

/* Input `i` of a group, the first since sums were taken apart; they start from word `start`. */
#define EG_FIRST_INPUT(i, start, w0, w1, w2) \
  "ldr r3, [r0, #4*" #i "]\n" \
  "ldr r4, [r0, #4*" #start "]\n" \
  EG_FIRST(w0, r5) EG_FIRST(w1, r6) EG_FIRST(w2, r7)

#define EG_NEXT_INPUT(i, w0, w1, w2) \
  "ldr r3, [r0, #4*" #i "]\n" \
  EG_NEXT(w0, r5) EG_NEXT(w1, r6) EG_NEXT(w2, r7)

/* Takes a group's sum apart: the lower pixel's part lies in [0, 65536) thanks to the 32768 added. */
#define EG_SPLIT(sum, upper, raw) \
  "asrs r4, " #sum ", #16\n" \
  "add " #raw ", " #sum "\n" \
  "add " #upper ", r4\n"

#define EG_SPLITS EG_SPLIT(r5, r8, r11) EG_SPLIT(r6, r9, r12) EG_SPLIT(r7, r10, lr)

/* A run of groups, or nothing where its length is 0. */
#define EG_RUN(group) \
  "ldmia r2!, {r1}\n" \
  "cmp r1, #0\n" \
  "beq 2f\n" \
  "adds r1, r1, r0\n" \
  "1:\n" \
  group \
  "adds r0, #28\n" \
  "adds r2, #12\n" \
  "cmp r0, r1\n" \
  "bne 1b\n" \
  "2:\n"

__attribute__((naked, noinline)) const uint32_t* eg_gemm_2x3_s8_armv6m(const uint32_t* columns EG_UNUSED,
                                                                       const uint32_t* columns_end EG_UNUSED,
                                                                       const uint32_t* packed EG_UNUSED,
                                                                       uint32_t* sums EG_UNUSED) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "mov r7, r11\n"
      "push {r4-r7}\n"
      "push {r1, r3}\n"
      "movs r4, #0\n"
      "mov r8, r4\n"
      "mov r9, r4\n"
      "mov r10, r4\n"
      "mov r11, r4\n"
      "mov r12, r4\n"
      "mov lr, r4\n"
      "3:\n"
      EG_RUN(EG_FIRST_INPUT(0, 4, 0, 1, 2) EG_NEXT_INPUT(1, 3, 4, 5)
             EG_NEXT_INPUT(2, 6, 7, 8) EG_NEXT_INPUT(3, 9, 10, 11) EG_SPLITS)
      EG_RUN(EG_FIRST_INPUT(0, 5, 0, 1, 2) EG_NEXT_INPUT(1, 3, 4, 5) EG_SPLITS
             EG_FIRST_INPUT(2, 6, 6, 7, 8) EG_NEXT_INPUT(3, 9, 10, 11) EG_SPLITS)
      "ldr r4, [sp]\n"
      "cmp r0, r4\n"
      "beq 4f\n"
      "b 3b\n"
      "4:\n"
      "pop {r1, r3}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "stmia r3!, {r4-r6}\n"
      "mov r4, r11\n"
      "mov r5, r12\n"
      "mov r6, lr\n"
      "stmia r3!, {r4-r6}\n"
      "mov r0, r2\n"
      "pop {r4-r7}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "pop {r4-r7, pc}\n");
}
/* clang-format on */
