#include "eg_squared_difference.h"

void eg_squared_difference_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, int32_t* output) {
  EG_WALK_PAIRS(walk, int32_t, input1, input2, {
    const int32_t difference = eg_wrap_add(*a, eg_wrap_mul(*b, -1));
    *output++ = eg_wrap_mul(difference, difference);
  });
}
