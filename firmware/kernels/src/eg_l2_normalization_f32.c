#include "eg_l2_normalization.h"
#include "eg_math.h"

void eg_l2_normalization_f32(const float* input, float* output, int32_t vectors, int32_t depth) {
  for (; vectors > 0; --vectors, input += depth, output += depth) {
    float sum = 0.0f;
    for (int32_t i = 0; i < depth; ++i) sum += input[i] * input[i];
    float length = eg_sqrtf(sum);
    if (length < 1e-6f) length = 1e-6f;
    for (int32_t i = 0; i < depth; ++i) output[i] = input[i] / length;
  }
}
