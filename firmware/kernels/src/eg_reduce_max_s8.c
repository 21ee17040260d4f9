#include "eg_reduce.h"

void eg_reduce_max_s8(const eg_reduce_axes* axes, const int8_t* input, int8_t* output) {
  EG_REDUCE_OUTPUTS(axes, int8_t, input, {
    int8_t result = INT8_MIN;
    EG_REDUCE(&axes->reduced, int8_t, first, if (*a > result) result = *a);
    *output++ = result;
  });
}
