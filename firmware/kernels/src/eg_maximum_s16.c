#include "eg_maximum.h"

void eg_maximum_s16(const eg_walk* walk, const int16_t* input1, const int16_t* input2, int16_t* output) {
  EG_WALK_PAIRS(walk, int16_t, input1, input2, *output++ = *a > *b ? *a : *b);
}
