#include "eg_maximum.h"

void eg_maximum_s8(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output) {
  EG_WALK_PAIRS(walk, int8_t, input1, input2, *output++ = *a > *b ? *a : *b);
}
