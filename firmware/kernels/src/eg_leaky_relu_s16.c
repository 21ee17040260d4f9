#include "eg_activations.h"

void eg_leaky_relu_s16(const eg_leaky_relu_params* params, const int16_t* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t value = input[i] + params->input_offset;
    const int32_t scaled = value >= 0
                               ? eg_requantize(value, params->multiplier, params->shift)
                               : eg_wrap_mul(params->negative_sign,
                                             eg_requantize(value, params->negative_multiplier, params->negative_shift));
    output[i] = (int16_t)eg_clamp(eg_wrap_add(scaled, params->output_offset), INT16_MIN, INT16_MAX);
  }
}
