#include "eg_reduce.h"

void eg_sum_s16(const eg_sum_params* params, const eg_reduce_axes* axes, const int16_t* input, int16_t* output) {
  const eg_sum_params p = *params;
  EG_REDUCE_OUTPUTS(axes, int16_t, input, {
    int32_t sum = p.sum_offset;
    EG_REDUCE(&axes->reduced, int16_t, first, sum = eg_wrap_add(sum, *a));
    const int32_t result = eg_wrap_add(eg_requantize(sum, p.multiplier, p.shift), p.output_offset);
    *output++ = (int16_t)eg_clamp(result, -32768, 32767);
  });
}
