#include "eg_select.h"

void eg_select_v2_s8(const eg_walk* walk, const bool* condition, const int8_t* input1, const int8_t* input2,
                     int8_t* output) {
  const int32_t size = walk->size;
  const int32_t step[EG_WALK_ARRAYS] = {walk->step[0], walk->step[1], walk->step[2]};
  eg_walk_position at = {{0}, {0}};
  do {
    const bool* chosen = condition + at.offset[0];
    const int8_t* a = input1 + at.offset[1];
    const int8_t* b = input2 + at.offset[2];
    for (int32_t i = 0; i < size; ++i) {
      *output++ = *chosen ? *a : *b;
      chosen += step[0];
      a += step[1];
      b += step[2];
    }
  } while (eg_walk_next(walk, &at));
}
