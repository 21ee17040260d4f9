#include <float.h>

#include "eg_reduce.h"

void eg_reduce_min_f32(const eg_reduce_axes* axes, const float* input, float* output) {
  EG_REDUCE_OUTPUTS(axes, float, input, {
    float result = FLT_MAX;
    EG_REDUCE(&axes->reduced, float, first, if (*a < result) result = *a);
    *output++ = result;
  });
}
