#include "eg_compare.h"

void eg_equal_bool(const eg_walk* walk, const bool* input1, const bool* input2, bool* output) {
  EG_WALK_PAIRS(walk, bool, input1, input2, *output++ = *a == *b);
}
