#include <arm_mve.h>

#include "eg_pool_2d_s8_mve.h"

void eg_max_pool_2d_s8_mve(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output) {
  const int32_t channels = input_dims->c, row = input_dims->w * channels;
  const int8x16_t low = vdupq_n_s8((int8_t)params->activation_min), high = vdupq_n_s8((int8_t)params->activation_max);
  for (int32_t n = 0; n < output_dims->n; ++n, input += input_dims->h * row) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const eg_pool_2d_range rows =
          eg_pool_2d_window(y, params->stride_h, params->pad_h, params->filter_h, input_dims->h);
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const eg_pool_2d_range columns =
            eg_pool_2d_window(x, params->stride_w, params->pad_w, params->filter_w, input_dims->w);
        const int8_t* const window = input + rows.start * row + columns.start * channels;
        for (int32_t c = 0; c < channels; c += 16) {
          const mve_pred16_t live = vctp8q((uint32_t)(channels - c));
          const int8_t* line = window + c;
          int8x16_t largest = low;
          for (int32_t ky = rows.start; ky < rows.end; ++ky, line += row) {
            const int8_t* value = line;
            for (int32_t kx = columns.start; kx < columns.end; ++kx, value += channels) {
              largest = vmaxq_s8(largest, vldrbq_z_s8(value, live));
            }
          }
          vstrbq_p_s8(output + c, vminq_s8(largest, high), live);
        }
        output += channels;
      }
    }
  }
}
