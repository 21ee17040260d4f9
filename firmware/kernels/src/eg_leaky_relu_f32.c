#include "eg_activations.h"

void eg_leaky_relu_f32(const eg_leaky_relu_float_params* params, const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i] > 0.0f ? input[i] : input[i] * params->alpha;
}
