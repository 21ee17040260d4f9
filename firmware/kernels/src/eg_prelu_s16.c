#include "eg_prelu.h"

void eg_prelu_s16(const eg_prelu_params* params, const eg_walk* walk, const int16_t* input, const int8_t* alpha,
                  int16_t* output) {
  eg_walk_position at = {{0}, {0}};
  do {
    const int16_t* x = input + at.offset[0];
    const int8_t* a = alpha + at.offset[1];
    for (int32_t i = 0; i < walk->size; ++i) {
      *output++ = (int16_t)eg_clamp(eg_prelu(params, x[i * walk->step[0]], a[i * walk->step[1]]), INT16_MIN, INT16_MAX);
    }
  } while (eg_walk_next(walk, &at));
}
