#include "eg_add.h"

void eg_add_s16(const eg_add_params* params, const eg_walk* walk, const int16_t* input1, const int16_t* input2,
                int16_t* output) {
  const eg_add_params p = *params;
  EG_WALK_PAIRS(walk, int16_t, input1, input2, {
    const int32_t left = eg_add_scale(*a + p.input1_offset, EG_ADD_SHIFT_S16, p.input1_multiplier, p.input1_shift);
    const int32_t right = eg_add_scale(*b + p.input2_offset, EG_ADD_SHIFT_S16, p.input2_multiplier, p.input2_shift);
    const int32_t result = eg_add_scale(left + right, 0, p.output_multiplier, p.output_shift) + p.output_offset;
    *output++ = (int16_t)eg_clamp(result, p.activation_min, p.activation_max);
  });
}
