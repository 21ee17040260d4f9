#include "eg_compare.h"

void eg_less_equal_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, bool* output) {
  EG_WALK_PAIRS(walk, int32_t, input1, input2, *output++ = *a <= *b);
}
