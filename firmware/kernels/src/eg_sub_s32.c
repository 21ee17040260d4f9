#include "eg_add.h"

void eg_sub_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output) {
  EG_WALK_PAIRS(walk, int32_t, input1, input2,
                *output++ = eg_clamp(eg_wrap_add(*a, eg_wrap_mul(*b, -1)), activation_min, activation_max));
}
