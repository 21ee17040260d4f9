#include <arm_mve.h>

#include "eg_pool_2d_s8_mve.h"

void eg_average_pool_2d_s8_mve(const eg_pool_2d_params* params, const eg_mean_mve* mean, const eg_dims* input_dims,
                               const int8_t* input, const eg_dims* output_dims, int8_t* output) {
  const int32_t channels = input_dims->c, row = input_dims->w * channels;
  const uint16x8_t multiplier = vdupq_n_u16((uint16_t)mean->multiplier);
  for (int32_t n = 0; n < output_dims->n; ++n, input += input_dims->h * row) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int8_t* const window = input + y * params->stride_h * row + x * params->stride_w * channels;
        for (int32_t c = 0; c < channels; c += 8) {
          const mve_pred16_t live = vctp16q((uint32_t)(channels - c));
          const int8_t* line = window + c;
          int16x8_t sum = vdupq_n_s16(0);
          for (int32_t ky = 0; ky < params->filter_h; ++ky, line += row) {
            const int8_t* value = line;
            for (int32_t kx = params->filter_w; kx > 0; --kx, value += channels) {
              sum = vaddq_s16(sum, vldrbq_z_s16(value, live));
            }
          }
          uint16x8_t size = vaddq_n_u16(vreinterpretq_u16_s16(vabsq_s16(sum)), (uint16_t)mean->half);
          size = vshlq_r_u16(vmulhq_u16(size, multiplier), -mean->shift);
          const int16x8_t result = vreinterpretq_s16_u16(size);
          vstrbq_p_s16(output + c, vnegq_m_s16(result, result, vcmpltq_n_s16(sum, 0)), live);
        }
        output += channels;
      }
    }
  }
}
