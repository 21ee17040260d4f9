#include "eg_conv_2d.h"

void eg_conv_2d_f32(const eg_conv_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                    const eg_dims* filter_dims, const float* filter, const float* bias, const eg_dims* output_dims,
                    float* output) {
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
          float acc = 0.0f;
          for (int32_t ky = rows.first; ky < rows.end; ++ky) {
            const int32_t in_row = (n * input_dims->h + top + ky * params->dilation_h) * input_dims->w + left;
            for (int32_t kx = columns.first; kx < columns.end; ++kx) {
              const float* pixel = input + (in_row + kx * params->dilation_w) * input_dims->c + first_channel;
              const float* weights = filter + o * filter_size + (ky * filter_dims->w + kx) * filter_dims->c;
              for (int32_t c = 0; c < filter_dims->c; ++c) {
                acc += pixel[c] * weights[c];
              }
            }
          }
          acc += bias ? bias[o] : 0.0f;
          *output++ = eg_clamp_f32(acc, params->activation_min, params->activation_max);
        }
      }
    }
  }
}
