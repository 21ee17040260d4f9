#include "eg_prelu.h"

void eg_prelu_s8(const eg_prelu_params* params, const eg_walk* walk, const int8_t* input, const int8_t* alpha,
                 int8_t* output) {
  eg_walk_position at = {{0}, {0}};
  do {
    const int8_t* x = input + at.offset[0];
    const int8_t* a = alpha + at.offset[1];
    for (int32_t i = 0; i < walk->size; ++i) {
      *output++ = (int8_t)eg_clamp(eg_prelu(params, x[i * walk->step[0]], a[i * walk->step[1]]), INT8_MIN, INT8_MAX);
    }
  } while (eg_walk_next(walk, &at));
}
