#include "eg_compare.h"

void eg_not_equal_f32(const eg_walk* walk, const float* input1, const float* input2, bool* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, *output++ = *a != *b);
}
