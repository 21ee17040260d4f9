#include "eg_squared_difference.h"

void eg_squared_difference_f32(const eg_walk* walk, const float* input1, const float* input2, float* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, {
    const float difference = *a - *b;
    *output++ = difference * difference;
  });
}
