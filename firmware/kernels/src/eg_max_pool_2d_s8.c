#include "eg_pool_2d.h"

/* The largest of each of four channels in `rows` rows of `columns` pixels, at least `least`. */
static void largest_4(const int8_t* from, int32_t rows, int32_t pitch, int32_t columns, int32_t channels, int32_t least,
                      int32_t most, int8_t* output) {
  int32_t a = least, b = least, c = least, d = least;
  for (; rows > 0; --rows, from += pitch) {
    const int8_t* const end = from + columns * channels;
    for (const int8_t* at = from; at != end; at += channels) {
      a = at[0] > a ? at[0] : a;
      b = at[1] > b ? at[1] : b;
      c = at[2] > c ? at[2] : c;
      d = at[3] > d ? at[3] : d;
    }
  }
  output[0] = (int8_t)(a < most ? a : most);
  output[1] = (int8_t)(b < most ? b : most);
  output[2] = (int8_t)(c < most ? c : most);
  output[3] = (int8_t)(d < most ? d : most);
}

void eg_max_pool_2d_s8(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                       const eg_dims* output_dims, int8_t* output) {
  const int32_t width = input_dims->w, channels = input_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const eg_pool_2d_range rows =
          eg_pool_2d_window(out_y, params->stride_h, params->pad_h, params->filter_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const eg_pool_2d_range columns =
            eg_pool_2d_window(out_x, params->stride_w, params->pad_w, params->filter_w, width);
        const int32_t height = rows.end - rows.start, columns_inside = columns.end - columns.start;
        int32_t c = 0;
        for (; c + 4 <= channels && height > 0 && columns_inside > 0; c += 4, output += 4) {
          largest_4(input + (rows.start * width + columns.start) * channels + c, height, width * channels,
                    columns_inside, channels, params->activation_min, params->activation_max, output);
        }
        for (; c < channels; ++c) {
          int32_t largest = params->activation_min;
          for (int32_t y = rows.start; y < rows.end; ++y) {
            const int8_t* row = input + (y * width + columns.start) * channels + c;
            for (int32_t x = columns.start; x < columns.end; ++x, row += channels) {
              if (*row > largest) largest = *row;
            }
          }
          *output++ = (int8_t)(largest < params->activation_max ? largest : params->activation_max);
        }
      }
    }
    input += input_dims->h * width * channels;
  }
}
