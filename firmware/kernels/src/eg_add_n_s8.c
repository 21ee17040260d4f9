#include "eg_add_n.h"

void eg_add_n_s8(const eg_add_params* params, const void* const* inputs, int32_t count, int8_t* output,
                 int32_t elements) {
  const eg_add_params p = *params;
  /* TFLite starts from the scaled offset, not from 0. */
  const int32_t start = eg_add_scale(p.input1_offset, EG_ADD_SHIFT_S8, p.input1_multiplier, p.input1_shift);
  for (int32_t i = 0; i < elements; ++i) {
    int32_t sum = start;
    for (int32_t j = 0; j < count; ++j) {
      const int32_t value = ((const int8_t*)inputs[j])[i] + p.input1_offset;
      sum = eg_wrap_add(sum, eg_add_scale(value, EG_ADD_SHIFT_S8, p.input1_multiplier, p.input1_shift));
    }
    const int32_t result = eg_add_scale(sum, 0, p.output_multiplier, p.output_shift) + p.output_offset;
    output[i] = (int8_t)eg_clamp(result, p.activation_min, p.activation_max);
  }
}
