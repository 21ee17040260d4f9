#include "eg_gemm_s8_armv6m.h"

#define EG_UNUSED __attribute__((unused))

/* Registers: r0 input, r1 weight, r2 weights, r3 input value, r4 to r7 sums, r12 end of the input. */

/* clang-format off */
#define EG_PRODUCT(at, sum) \
  "ldrb r1, [r2, #" #at "]\n" \
  "muls r1, r3, r1\n" \
  "adds " #sum ", " #sum ", r1\n"

#define EG_INPUT(i, w0, w1, w2, w3) \
  "ldrb r3, [r0, #" #i "]\n" \
  "sxtb r3, r3\n" \
  EG_PRODUCT(w0, r4) EG_PRODUCT(w1, r5) EG_PRODUCT(w2, r6) EG_PRODUCT(w3, r7)

__attribute__((naked, noinline)) void eg_dot_4_s8_armv6m(const int8_t* input EG_UNUSED,
                                                         const int8_t* input_end EG_UNUSED,
                                                         const uint8_t* weights EG_UNUSED, int32_t* sums EG_UNUSED) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r3-r7, lr}\n"
      "mov r12, r1\n"
      "movs r4, #0\n"
      "movs r5, #0\n"
      "movs r6, #0\n"
      "movs r7, #0\n"
      "b 2f\n"
      "1:\n"
      EG_INPUT(0, 0, 1, 2, 3) EG_INPUT(1, 4, 5, 6, 7) EG_INPUT(2, 8, 9, 10, 11) EG_INPUT(3, 12, 13, 14, 15)
      "adds r0, #4\n"
      "adds r2, #16\n"
      "2:\n"
      "cmp r0, r12\n"
      "bne 1b\n"
      "pop {r3}\n"
      "stmia r3!, {r4-r7}\n"
      "pop {r4-r7, pc}\n");
}
/* clang-format on */
