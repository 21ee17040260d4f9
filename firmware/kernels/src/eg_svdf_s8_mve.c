#include "eg_dot_s8_mve.h"
#include "eg_svdf_mve.h"

void eg_svdf_s8_mve(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int8_t* time,
                    const int32_t* bias, int8_t* state, int8_t* output) {
  for (int32_t n = 0; n < params->batches; ++n) {
    const int8_t* features = feature;
    const int8_t* times = time;
    for (int32_t unit = 0; unit < params->units; ++unit) {
      int32_t acc = bias[unit];
      for (int32_t r = 0; r < params->rank; ++r) {
        int32_t dot = eg_dot_s8_mve(features, input, params->input_offset, params->input_depth, 0);
        features += params->input_depth;
        dot = eg_clamp(eg_requantize(dot, params->state_multiplier, params->state_shift), INT8_MIN, INT8_MAX);
        /* Each vector is read before it is written one element further down. */
        for (int32_t m = 0; m + 1 < params->memory; m += 16) {
          const mve_pred16_t live = vctp8q((uint32_t)(params->memory - 1 - m));
          vstrbq_p_s8(state + m, vldrbq_z_s8(state + m + 1, live), live);
        }
        /* The zero point is added after the clamp, and the sum wraps around. */
        state[params->memory - 1] = (int8_t)(dot + params->state_zero_point);
        acc = eg_dot_s8_mve(times, state, -params->state_zero_point, params->memory, acc);
        times += params->memory;
        state += params->memory;
      }
      acc = eg_wrap_add(eg_requantize(acc, params->output_multiplier, params->output_shift), params->output_offset);
      *output++ = (int8_t)eg_clamp(acc, INT8_MIN, INT8_MAX);
    }
    input += params->input_depth;
  }
}
