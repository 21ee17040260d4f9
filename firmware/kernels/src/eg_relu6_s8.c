#include "eg_activations.h"

void eg_relu6_s8(const eg_relu6_params* params, const int8_t* input, int8_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    output[i] = (int8_t)eg_clamp(input[i], params->activation_min, params->activation_max);
  }
}
