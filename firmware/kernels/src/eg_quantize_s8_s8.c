#include "eg_quantize.h"

void eg_quantize_s8_s8(const eg_quantize_params* params, const int8_t* input, int8_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t scaled = eg_requantize(input[i] + params->input_offset, params->multiplier, params->shift);
    output[i] = (int8_t)eg_clamp(eg_wrap_add(scaled, params->output_offset), -128, 127);
  }
}
