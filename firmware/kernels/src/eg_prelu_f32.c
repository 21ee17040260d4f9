#include "eg_prelu.h"

void eg_prelu_f32(const eg_walk* walk, const float* input, const float* alpha, float* output) {
  eg_walk_position at = {{0}, {0}};
  do {
    const float* x = input + at.offset[0];
    const float* a = alpha + at.offset[1];
    for (int32_t i = 0; i < walk->size; ++i) {
      const float value = x[i * walk->step[0]];
      *output++ = value >= 0.0f ? value : value * a[i * walk->step[1]];
    }
  } while (eg_walk_next(walk, &at));
}
