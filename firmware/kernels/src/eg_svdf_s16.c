#include "eg_dot_s8.h"
#include "eg_svdf.h"

void eg_svdf_s16(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int16_t* time,
                 const int32_t* bias, int16_t* state, int8_t* output) {
  for (int32_t n = 0; n < params->batches; ++n) {
    const int8_t* features = feature;
    const int16_t* times = time;
    for (int32_t unit = 0; unit < params->units; ++unit) {
      int32_t acc = bias[unit];
      for (int32_t r = 0; r < params->rank; ++r) {
        int32_t dot = eg_dot_s8(features, input, params->input_offset, params->input_depth, 0);
        features += params->input_depth;
        dot = eg_clamp(eg_requantize(dot, params->state_multiplier, params->state_shift), INT16_MIN, INT16_MAX);
        /* The zero point is added after the clamp, and the sum wraps around. */
        const int16_t newest = (int16_t)(dot + params->state_zero_point);
        for (int32_t m = 0; m < params->memory; ++m) {
          state[m] = m + 1 < params->memory ? state[m + 1] : newest;
          acc = eg_wrap_add(acc, *times++ * (state[m] - params->state_zero_point));
        }
        state += params->memory;
      }
      acc = eg_wrap_add(eg_requantize(acc, params->output_multiplier, params->output_shift), params->output_offset);
      *output++ = (int8_t)eg_clamp(acc, INT8_MIN, INT8_MAX);
    }
    input += params->input_depth;
  }
}
