#include <arm_mve.h>

#include "eg_pool_2d_s8_mve.h"

void eg_max_pool_2x2_s8_mve(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                            const eg_dims* output_dims, int8_t* output) {
  const int32_t channels = input_dims->c, row = input_dims->w * channels;
  const int32_t step = params->stride_w * channels, width = output_dims->w;
  const int8x16_t low = vdupq_n_s8((int8_t)params->activation_min), high = vdupq_n_s8((int8_t)params->activation_max);
  for (int32_t n = 0; n < output_dims->n; ++n, input += input_dims->h * row) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const int8_t* window = input + y * params->stride_h * row;
      for (int32_t x = 0; x < width; ++x, window += step, output += channels) {
        const int8_t *a = window, *b = a + channels, *c = a + row, *d = b + row;
        int8_t* to = output;
        for (int32_t left = channels; left > 0; left -= 16, a += 16, b += 16, c += 16, d += 16, to += 16) {
          const mve_pred16_t live = vctp8q((uint32_t)left);
          int8x16_t largest = vmaxq_s8(low, vldrbq_z_s8(a, live));
          largest = vmaxq_s8(largest, vldrbq_z_s8(b, live));
          largest = vmaxq_s8(largest, vldrbq_z_s8(c, live));
          largest = vmaxq_s8(largest, vldrbq_z_s8(d, live));
          vstrbq_p_s8(to, vminq_s8(largest, high), live);
        }
      }
    }
  }
}
