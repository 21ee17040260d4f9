#include "eg_reduce.h"

void eg_sum_f32(float divisor, const eg_reduce_axes* axes, const float* input, float* output) {
  EG_REDUCE_OUTPUTS(axes, float, input, {
    float sum = 0.0f;
    EG_REDUCE(&axes->reduced, float, first, sum += *a);
    *output++ = sum / divisor;
  });
}
