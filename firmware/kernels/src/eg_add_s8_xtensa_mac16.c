#include "eg_add_s8_xtensa_mac16.h"

/* Below zero one unit less, two halves of a bit, so that halves round away from zero. */
#define SIGNED            \
  "bgez %[sum], 2f\n"     \
  "addi %[b], %[b], -2\n" \
  "2:\n"

#define ADD(MORE)                                                                                              \
  __asm__ volatile(                                                                                            \
      "ssr %[right]\n"                                                                                         \
      "loopnez %[count], 1f\n"                                                                                 \
      "l8ui %[a], %[input1], 0\n"                                                                              \
      "l8ui %[b], %[input2], 0\n"                                                                              \
      "addi %[input1], %[input1], 1\n"                                                                         \
      "addi %[input2], %[input2], 1\n"                                                                         \
      "addx4 %[a], %[a], %[table1]\n"                                                                          \
      "addx4 %[b], %[b], %[table2]\n"                                                                          \
      "l32i %[a], %[a], 0\n"                                                                                   \
      "l32i %[b], %[b], 0\n"                                                                                   \
      "add %[sum], %[a], %[b]\n"                                                                               \
      "mulsh %[b], %[sum], %[multiplier]\n" MORE                                                               \
      "add %[b], %[b], %[rounding]\n"                                                                          \
      "sra %[b], %[b]\n"                                                                                       \
      "clamps %[b], %[b], 7\n"                                                                                 \
      "s8i %[b], %[output], 0\n"                                                                               \
      "addi %[output], %[output], 1\n"                                                                         \
      "1:\n"                                                                                                   \
      : [input1] "+&r"(input1), [input2] "+&r"(input2), [output] "+&r"(output), [a] "=&r"(a), [b] "=&r"(b),    \
        [sum] "=&r"(sum)                                                                                       \
      : [count] "r"(count), [table1] "r"(tables), [table2] "r"(tables + 256), [multiplier] "r"(p->multiplier), \
        [rounding] "r"(p->rounding), [right] "r"(p->right)                                                     \
      : EG_STATE_MAC16, "memory")

void eg_add_s8_xtensa_mac16(const eg_add_mac16_params* params, int32_t count, const int32_t* tables,
                            const int8_t* input1, const int8_t* input2, int8_t* output) {
  const eg_add_mac16_params* const p = params;
  int32_t a, b, sum;
  if (p->is_signed) {
    ADD(SIGNED);
  } else {
    ADD("");
  }
}
