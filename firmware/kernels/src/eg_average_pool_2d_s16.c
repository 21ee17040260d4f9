#include "eg_pool_2d.h"

void eg_average_pool_2d_s16(const eg_pool_2d_params* params, const eg_dims* input_dims, const int16_t* input,
                            const eg_dims* output_dims, int16_t* output) {
  const int32_t width = input_dims->w, channels = input_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const eg_pool_2d_range rows =
          eg_pool_2d_window(out_y, params->stride_h, params->pad_h, params->filter_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const eg_pool_2d_range columns =
            eg_pool_2d_window(out_x, params->stride_w, params->pad_w, params->filter_w, width);
        const int32_t count = (rows.end - rows.start) * (columns.end - columns.start);
        for (int32_t c = 0; c < channels; ++c) {
          int32_t acc = 0;
          for (int32_t y = rows.start; y < rows.end; ++y) {
            const int16_t* row = input + (y * width + columns.start) * channels + c;
            for (int32_t x = columns.start; x < columns.end; ++x, row += channels) acc += *row;
          }
          acc = (acc > 0 ? acc + count / 2 : acc - count / 2) / count;
          *output++ = (int16_t)eg_clamp(acc, params->activation_min, params->activation_max);
        }
      }
    }
    input += input_dims->h * width * channels;
  }
}
