#include <float.h>

#include "eg_pool_2d.h"

void eg_max_pool_2d_f32(const eg_pool_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                        const eg_dims* output_dims, float* output) {
  const int32_t width = input_dims->w, channels = input_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const eg_pool_2d_range rows =
          eg_pool_2d_window(out_y, params->stride_h, params->pad_h, params->filter_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const eg_pool_2d_range columns =
            eg_pool_2d_window(out_x, params->stride_w, params->pad_w, params->filter_w, width);
        for (int32_t c = 0; c < channels; ++c) {
          float largest = -FLT_MAX;
          for (int32_t y = rows.start; y < rows.end; ++y) {
            const float* row = input + (y * width + columns.start) * channels + c;
            for (int32_t x = columns.start; x < columns.end; ++x, row += channels) {
              if (*row > largest) largest = *row;
            }
          }
          *output++ = eg_clamp_f32(largest, params->activation_min, params->activation_max);
        }
      }
    }
    input += input_dims->h * width * channels;
  }
}
