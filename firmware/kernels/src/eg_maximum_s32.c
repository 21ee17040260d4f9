#include "eg_maximum.h"

void eg_maximum_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, int32_t* output) {
  EG_WALK_PAIRS(walk, int32_t, input1, input2, *output++ = *a > *b ? *a : *b);
}
