#include "eg_svdf.h"

void eg_svdf_f32(const eg_svdf_f32_params* params, const float* input, const float* feature, const float* time,
                 const float* bias, float* state, float* output) {
  for (int32_t n = 0; n < params->batches; ++n) {
    const float* features = feature;
    const float* times = time;
    for (int32_t unit = 0; unit < params->units; ++unit) {
      float acc = bias[unit];
      for (int32_t r = 0; r < params->rank; ++r) {
        float newest = 0.0f;
        for (int32_t i = 0; i < params->input_depth; ++i) newest += *features++ * input[i];
        float dot = 0.0f;
        for (int32_t m = 0; m < params->memory; ++m) {
          state[m] = m + 1 < params->memory ? state[m + 1] : newest;
          dot += *times++ * state[m];
        }
        acc += dot;
        state += params->memory;
      }
      *output++ = eg_clamp_f32(acc, params->activation_min, params->activation_max);
    }
    input += params->input_depth;
  }
}
