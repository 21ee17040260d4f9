#include "eg_div.h"

EG_INLINE int32_t divide(int32_t numerator, int32_t denominator) {
  if (denominator == 0) return 0;
  return denominator == -1 ? eg_wrap_mul(numerator, -1) : numerator / denominator;
}

void eg_div_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output) {
  EG_WALK_PAIRS(walk, int32_t, input1, input2, *output++ = eg_clamp(divide(*a, *b), activation_min, activation_max));
}
