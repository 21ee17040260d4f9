#include "eg_div.h"
#include "eg_math.h"

void eg_floor_mod_f32(const eg_walk* walk, const float* input1, const float* input2, float* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, {
    const float remainder = eg_fmodf(*a, *b);
    const bool moves = remainder != 0.0f && (*b < 0.0f) != (remainder < 0.0f);
    *output++ = moves ? remainder + *b : remainder;
  });
}
