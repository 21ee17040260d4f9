#include "eg_conv_2d.h"

void eg_conv_2d_s4(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                   const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                   const eg_dims* output_dims, int8_t* output) {
  const int32_t groups = input_dims->c / filter_dims->c;
  const int32_t group_outputs = output_dims->c / groups;
  const int32_t filter_size = filter_dims->h * filter_dims->w * filter_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const int32_t top = y * params->stride_h - params->pad_h;
      const eg_taps rows = eg_taps_inside(top, filter_dims->h, params->dilation_h, input_dims->h);
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int32_t left = x * params->stride_w - params->pad_w;
        const eg_taps columns = eg_taps_inside(left, filter_dims->w, params->dilation_w, input_dims->w);
        for (int32_t o = 0; o < output_dims->c; ++o) {
          const int32_t first_channel = o / group_outputs * filter_dims->c;
          int32_t acc = 0;
          for (int32_t ky = rows.first; ky < rows.end; ++ky) {
            const int32_t in_row = (n * input_dims->h + top + ky * params->dilation_h) * input_dims->w + left;
            for (int32_t kx = columns.first; kx < columns.end; ++kx) {
              const int8_t* pixel = input + (in_row + kx * params->dilation_w) * input_dims->c + first_channel;
              const int32_t weights = o * filter_size + (ky * filter_dims->w + kx) * filter_dims->c;
              for (int32_t c = 0; c < filter_dims->c; ++c) {
                acc = eg_wrap_add(acc, eg_s4_at(filter, weights + c) * (pixel[c] + params->input_offset));
              }
            }
          }
          if (bias) acc = eg_wrap_add(acc, bias[o]);
          acc = eg_wrap_add(eg_requantize(acc, quant->multiplier[o], quant->shift[o]), params->output_offset);
          *output++ = (int8_t)eg_clamp(acc, params->activation_min, params->activation_max);
        }
      }
    }
  }
}
