#include "eg_add_s8_rv32im.h"

void eg_add_s8_rv32im(const eg_quant_rv32im* quant, int32_t low, int32_t high, int32_t is_relu, int32_t count,
                      const int32_t* left_table, const int8_t* left, const int32_t* right_table, const int8_t* right,
                      int8_t* output) {
  const eg_quant_rv32im q = *quant;
  int8_t* const end = output + count;
  if (is_relu) {
    while (output != end) {
      const int32_t sum = left_table[(uint8_t)*left++] + right_table[(uint8_t)*right++];
      *output++ = eg_requantize_rv32im(sum, &q, low, high, 1);
    }
  } else {
    while (output != end) {
      const int32_t sum = left_table[(uint8_t)*left++] + right_table[(uint8_t)*right++];
      *output++ = eg_requantize_rv32im(sum, &q, low, high, 0);
    }
  }
}
