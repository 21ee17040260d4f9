#include "eg_activations.h"
#include "eg_math.h"

void eg_elu_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i] < 0.0f ? eg_expm1f(input[i]) : input[i];
}
