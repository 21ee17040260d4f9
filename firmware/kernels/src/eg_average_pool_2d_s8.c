#include "eg_pool_2d.h"

/* Half away from zero. */
static int8_t average(const eg_pool_2d_params* params, int32_t sum, int32_t count) {
  const int32_t result = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
  return (int8_t)eg_clamp(result, params->activation_min, params->activation_max);
}

/* The sums of four channels in `rows` rows of `columns` (not 0) pixels. */
static void sum_4(const int8_t* from, int32_t rows, int32_t pitch, int32_t columns, int32_t channels, int32_t* sums) {
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (; rows > 0; --rows, from += pitch) {
    const int8_t* const end = from + columns * channels;
    for (const int8_t* at = from; at != end; at += channels) {
      a += at[0];
      b += at[1];
      c += at[2];
      d += at[3];
    }
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

void eg_average_pool_2d_s8(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output) {
  const int32_t width = input_dims->w, channels = input_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const eg_pool_2d_range rows =
          eg_pool_2d_window(out_y, params->stride_h, params->pad_h, params->filter_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const eg_pool_2d_range columns =
            eg_pool_2d_window(out_x, params->stride_w, params->pad_w, params->filter_w, width);
        const int32_t count = (rows.end - rows.start) * (columns.end - columns.start);
        int32_t c = 0;
        for (; c + 4 <= channels; c += 4) {
          int32_t sums[4];
          sum_4(input + (rows.start * width + columns.start) * channels + c, rows.end - rows.start, width * channels,
                columns.end - columns.start, channels, sums);
          for (int32_t i = 0; i < 4; ++i) *output++ = average(params, sums[i], count);
        }
        for (; c < channels; ++c) {
          int32_t acc = 0;
          for (int32_t y = rows.start; y < rows.end; ++y) {
            const int8_t* row = input + (y * width + columns.start) * channels + c;
            for (int32_t x = columns.start; x < columns.end; ++x, row += channels) acc += *row;
          }
          *output++ = average(params, acc, count);
        }
      }
    }
    input += input_dims->h * width * channels;
  }
}
