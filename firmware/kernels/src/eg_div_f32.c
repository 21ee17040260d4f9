#include "eg_div.h"

void eg_div_f32(float activation_min, float activation_max, const eg_walk* walk, const float* input1,
                const float* input2, float* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, *output++ = eg_clamp_f32(*a / *b, activation_min, activation_max));
}
