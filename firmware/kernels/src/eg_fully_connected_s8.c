#include "eg_fully_connected.h"

void eg_fully_connected_s8(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                           const int8_t* input, int32_t accum_depth, const int8_t* filter, const int32_t* bias,
                           int32_t output_depth, int8_t* output) {
  for (int32_t n = 0; n < batches; ++n) {
    const int8_t* row = filter;
    for (int32_t o = 0; o < output_depth; ++o) {
      const int32_t channel = o * params->quant_stride;
      int32_t acc = bias ? bias[o] : 0;
      for (int32_t d = 0; d < accum_depth; ++d) {
        acc = eg_wrap_add(acc, (row[d] + params->filter_offset) * (input[d] + params->input_offset));
      }
      acc = eg_wrap_add(eg_requantize(acc, quant->multiplier[channel], quant->shift[channel]), params->output_offset);
      *output++ = (int8_t)eg_clamp(acc, params->activation_min, params->activation_max);
      row += accum_depth;
    }
    input += accum_depth;
  }
}
