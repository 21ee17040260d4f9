#include "eg_depthwise_conv_2d.h"

void eg_depthwise_conv_2d_f32(const eg_conv_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                              const eg_dims* filter_dims, const float* filter, const float* bias,
                              const eg_dims* output_dims, float* output) {
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
          const float* plane = input + o / depth_multiplier;
          float acc = 0.0f;
          for (int32_t ky = rows.first; ky < rows.end; ++ky) {
            const int32_t in_row = (n * input_dims->h + top + ky * params->dilation_h) * input_dims->w + left;
            for (int32_t kx = columns.first; kx < columns.end; ++kx) {
              acc += plane[(in_row + kx * params->dilation_w) * input_dims->c] *
                     filter[(ky * filter_dims->w + kx) * channels + o];
            }
          }
          acc += bias ? bias[o] : 0.0f;
          *output++ = eg_clamp_f32(acc, params->activation_min, params->activation_max);
        }
      }
    }
  }
}
