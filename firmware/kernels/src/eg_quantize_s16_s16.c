#include "eg_quantize.h"

void eg_quantize_s16_s16(const eg_quantize_params* params, const int16_t* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t scaled = eg_requantize(input[i] + params->input_offset, params->multiplier, params->shift);
    output[i] = (int16_t)eg_clamp(eg_wrap_add(scaled, params->output_offset), -32768, 32767);
  }
}
