#include "eg_maximum.h"

void eg_maximum_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, int64_t* output) {
  EG_WALK_PAIRS(walk, int64_t, input1, input2, *output++ = *a > *b ? *a : *b);
}
