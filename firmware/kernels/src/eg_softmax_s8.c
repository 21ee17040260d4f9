#include "eg_softmax.h"

void eg_softmax_s8(const eg_softmax_params* params, const int8_t* input, int8_t* output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const int32_t highest = eg_softmax_max(input, params->depth);
    int exponent;
    const int32_t scale = eg_reciprocal(
        eg_softmax_sum(params->exp_table, params->table_size, input, params->depth, highest), 12, &exponent);
    exponent += 31 - 8;
    for (int32_t c = 0; c < params->depth; ++c) {
      const int32_t difference = highest - input[c];
      int32_t result = -128;
      if (difference < params->table_size) {
        result += eg_softmax_scale(params->exp_table[difference], scale, exponent);
      }
      output[c] = (int8_t)(result < 127 ? result : 127);
    }
    input += params->depth;
    output += params->depth;
  }
}
