#include "eg_activations.h"

void eg_hard_swish_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const float shifted = input[i] + 3.0f;
    const float positive = 0.0f < shifted ? shifted : 0.0f;
    output[i] = input[i] * (positive < 6.0f ? positive : 6.0f) / 6.0f;
  }
}
