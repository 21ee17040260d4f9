#include "eg_reduce.h"

void eg_sum_s8(const eg_sum_params* params, const eg_reduce_axes* axes, const int8_t* input, int8_t* output) {
  const eg_sum_params p = *params;
  EG_REDUCE_OUTPUTS(axes, int8_t, input, {
    int32_t sum = p.sum_offset;
    EG_REDUCE(&axes->reduced, int8_t, first, sum = eg_wrap_add(sum, *a));
    const int32_t result = eg_wrap_add(eg_requantize(sum, p.multiplier, p.shift), p.output_offset);
    *output++ = (int8_t)eg_clamp(result, -128, 127);
  });
}
