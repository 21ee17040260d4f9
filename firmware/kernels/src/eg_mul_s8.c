#include "eg_mul.h"

void eg_mul_s8(const eg_mul_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output) {
  const eg_mul_params p = *params;
  EG_WALK_PAIRS(walk, int8_t, input1, input2, {
    const int32_t product = (*a + p.input1_offset) * (*b + p.input2_offset);
    const int32_t result = eg_wrap_add(eg_requantize(product, p.multiplier, p.shift), p.output_offset);
    *output++ = (int8_t)eg_clamp(result, p.activation_min, p.activation_max);
  });
}
