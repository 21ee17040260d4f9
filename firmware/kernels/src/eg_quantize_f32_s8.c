#include "eg_quantize.h"

void eg_quantize_f32_s8(const eg_quantize_float_params* params, const float* input, int8_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t rounded = eg_round_float(input[i] / params->scale);
    output[i] = (int8_t)eg_clamp(rounded + params->zero_point, -128, 127);
  }
}
