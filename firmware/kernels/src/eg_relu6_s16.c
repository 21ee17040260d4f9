#include "eg_activations.h"

void eg_relu6_s16(const eg_relu6_params* params, const int16_t* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    output[i] = (int16_t)eg_clamp(input[i], params->activation_min, params->activation_max);
  }
}
