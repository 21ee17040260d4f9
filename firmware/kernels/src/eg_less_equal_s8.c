#include "eg_compare.h"

void eg_less_equal_s8(const eg_compare_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                      bool* output) {
  const eg_compare_params p = *params;
  EG_WALK_PAIRS(walk, int8_t, input1, input2, {
    const int32_t left = eg_compare_scale(*a + p.input1_offset, p.input1_multiplier, p.input1_shift);
    const int32_t right = eg_compare_scale(*b + p.input2_offset, p.input2_multiplier, p.input2_shift);
    *output++ = left <= right;
  });
}
