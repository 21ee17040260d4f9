#include "eg_fully_connected.h"

void eg_fully_connected_f32(const eg_fully_connected_f32_params* params, int32_t batches, const float* input,
                            int32_t accum_depth, const float* filter, const float* bias, int32_t output_depth,
                            float* output) {
  for (int32_t n = 0; n < batches; ++n) {
    const float* row = filter;
    for (int32_t o = 0; o < output_depth; ++o) {
      float acc = 0.0f;
      for (int32_t d = 0; d < accum_depth; ++d) {
        acc += input[d] * row[d];
      }
      acc += bias ? bias[o] : 0.0f;
      *output++ = eg_clamp_f32(acc, params->activation_min, params->activation_max);
      row += accum_depth;
    }
    input += accum_depth;
  }
}
