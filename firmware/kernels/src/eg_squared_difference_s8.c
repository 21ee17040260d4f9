#include "eg_squared_difference.h"

enum { LEFT_SHIFT = 7 };

void eg_squared_difference_s8(const eg_add_params* params, const eg_walk* walk, const int8_t* input1,
                              const int8_t* input2, int8_t* output) {
  const eg_add_params p = *params;
  EG_WALK_PAIRS(walk, int8_t, input1, input2, {
    const int32_t left = eg_add_scale(*a + p.input1_offset, LEFT_SHIFT, p.input1_multiplier, p.input1_shift);
    const int32_t right = eg_add_scale(*b + p.input2_offset, LEFT_SHIFT, p.input2_multiplier, p.input2_shift);
    const int32_t square = (left - right) * (left - right);
    const int32_t result = eg_wrap_add(eg_requantize(square, p.output_multiplier, p.output_shift), p.output_offset);
    *output++ = (int8_t)eg_clamp(result, p.activation_min, p.activation_max);
  });
}
