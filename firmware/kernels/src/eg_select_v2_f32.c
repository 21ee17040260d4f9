#include "eg_select.h"

void eg_select_v2_f32(const eg_walk* walk, const bool* condition, const float* input1, const float* input2,
                      float* output) {
  const int32_t size = walk->size;
  const int32_t step[EG_WALK_ARRAYS] = {walk->step[0], walk->step[1], walk->step[2]};
  eg_walk_position at = {{0}, {0}};
  do {
    const bool* chosen = condition + at.offset[0];
    const float* a = input1 + at.offset[1];
    const float* b = input2 + at.offset[2];
    for (int32_t i = 0; i < size; ++i) {
      *output++ = *chosen ? *a : *b;
      chosen += step[0];
      a += step[1];
      b += step[2];
    }
  } while (eg_walk_next(walk, &at));
}
