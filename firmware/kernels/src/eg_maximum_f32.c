#include "eg_maximum.h"

void eg_maximum_f32(const eg_walk* walk, const float* input1, const float* input2, float* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, *output++ = *a > *b ? *a : *b);
}
