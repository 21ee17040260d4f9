#include "eg_add_n.h"

void eg_add_n_f32(const void* const* inputs, int32_t count, float* output, int32_t elements) {
  for (int32_t i = 0; i < elements; ++i) {
    float sum = 0.0f;
    for (int32_t j = 0; j < count; ++j) sum += ((const float*)inputs[j])[i];
    output[i] = sum;
  }
}
