#include "eg_fully_connected.h"

void eg_fully_connected_s16(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                            const int16_t* input, int32_t accum_depth, const int8_t* filter, const int64_t* bias,
                            int32_t output_depth, int16_t* output) {
  for (int32_t n = 0; n < batches; ++n) {
    const int8_t* row = filter;
    for (int32_t o = 0; o < output_depth; ++o) {
      const int32_t channel = o * params->quant_stride;
      int64_t acc = 0;
      for (int32_t d = 0; d < accum_depth; ++d) {
        acc += (int64_t)(row[d] + params->filter_offset) * (input[d] + params->input_offset);
      }
      if (bias) acc = eg_wrap_add_64(acc, bias[o]);
      const int32_t scaled = eg_requantize_64(acc, quant->multiplier[channel], quant->shift[channel]);
      *output++ =
          (int16_t)eg_clamp(eg_wrap_add(scaled, params->output_offset), params->activation_min, params->activation_max);
      row += accum_depth;
    }
    input += accum_depth;
  }
}
