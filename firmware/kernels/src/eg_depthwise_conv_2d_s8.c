#include "eg_depthwise_conv_2d.h"

void eg_depthwise_conv_2d_s8(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                             const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                             const eg_dims* output_dims, int8_t* output) {
  const int32_t channels = output_dims->c;
  const int32_t depth_multiplier = channels / (input_dims->c > 0 ? input_dims->c : 1);
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const int32_t top = y * params->stride_h - params->pad_h;
      const eg_taps rows = eg_taps_inside(top, filter_dims->h, params->dilation_h, input_dims->h);
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int32_t left = x * params->stride_w - params->pad_w;
        const eg_taps columns = eg_taps_inside(left, filter_dims->w, params->dilation_w, input_dims->w);
        for (int32_t o = 0; o < channels; ++o) {
          const int8_t* plane = input + o / depth_multiplier;
          int32_t acc = 0;
          for (int32_t ky = rows.first; ky < rows.end; ++ky) {
            const int32_t in_row = (n * input_dims->h + top + ky * params->dilation_h) * input_dims->w + left;
            for (int32_t kx = columns.first; kx < columns.end; ++kx) {
              const int32_t value = plane[(in_row + kx * params->dilation_w) * input_dims->c] + params->input_offset;
              acc = eg_wrap_add(acc, filter[(ky * filter_dims->w + kx) * channels + o] * value);
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
