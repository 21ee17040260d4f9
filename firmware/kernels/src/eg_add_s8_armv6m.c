#include "eg_add_s8_armv6m.h"

void eg_add_s8_armv6m(const eg_quant_armv6m* quant, int32_t low, int32_t high, int32_t is_relu, int32_t count,
                      const int32_t* left_table, const int8_t* left, const int32_t* right_table, const int8_t* right,
                      int8_t* output) {
  const eg_activation_armv6m activation = {low, high, is_relu};
  int8_t* const end = output + count;
  while (output != end) {
    const int32_t sum = left_table[(uint8_t)*left++] + right_table[(uint8_t)*right++];
    *output++ = eg_requantize_armv6m(sum, quant, &activation);
  }
}
