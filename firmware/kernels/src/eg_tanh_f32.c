#include "eg_activations.h"
#include "eg_math.h"

void eg_tanh_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = eg_tanhf(input[i]);
}
