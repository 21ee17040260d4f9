#include "eg_activations.h"

void eg_relu6_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const float value = input[i];
    output[i] = value > 6.0f ? 6.0f : (value < 0.0f ? 0.0f : value);
  }
}
