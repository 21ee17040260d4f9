#include "eg_compare.h"

void eg_not_equal_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, bool* output) {
  EG_WALK_PAIRS(walk, int64_t, input1, input2, *output++ = *a != *b);
}
