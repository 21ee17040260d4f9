#include "eg_quantize.h"

void eg_quantize_s16_s32(const eg_quantize_params* params, const int16_t* input, int32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t scaled = eg_requantize(input[i] + params->input_offset, params->multiplier, params->shift);
    output[i] = eg_wrap_add(scaled, params->output_offset);
  }
}
