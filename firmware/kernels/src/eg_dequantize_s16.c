#include "eg_quantize.h"

void eg_dequantize_s16(const eg_dequantize_params* params, const int16_t* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = params->scale * (float)(input[i] - params->zero_point);
}
