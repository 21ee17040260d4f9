#include "eg_activations.h"

void eg_relu_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i] < 0.0f ? 0.0f : input[i];
}
