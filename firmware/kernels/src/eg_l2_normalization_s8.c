#include "eg_inv_sqrt.h"
#include "eg_l2_normalization.h"

void eg_l2_normalization_s8(int32_t zero_point, const int8_t* input, int8_t* output, int32_t vectors, int32_t depth) {
  for (; vectors > 0; --vectors, input += depth, output += depth) {
    int32_t sum = 0;
    for (int32_t i = 0; i < depth; ++i) {
      const int32_t value = input[i] - zero_point;
      sum = eg_wrap_add(sum, value * value);
    }
    int shift;
    const int32_t inverse = eg_inv_sqrt(sum, &shift);
    for (int32_t i = 0; i < depth; ++i) {
      output[i] = (int8_t)eg_clamp(eg_requantize(input[i] - zero_point, inverse, shift + 7), -128, 127);
    }
  }
}
