#include "eg_activations.h"
#include "eg_math.h"

void eg_logistic_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const float value = input[i];
    if (value > 0x1.09e7a2p+4f) {
      output[i] = 1.0f;
    } else {
      output[i] = value < -9.0f ? eg_expf(value) : 1.0f / (1.0f + eg_expf(-value));
    }
  }
}
