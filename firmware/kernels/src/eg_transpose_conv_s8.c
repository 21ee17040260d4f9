#include "eg_transpose_conv.h"

void eg_transpose_conv_s8(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                          const eg_dims* input_dims, const int8_t* input, const eg_dims* filter_dims,
                          const int8_t* filter, const int32_t* bias, const eg_dims* output_dims, int8_t* output) {
  const int32_t depth = filter_dims->c;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const int32_t y = out_y + params->pad_h;
      const eg_transpose_conv_reach rows = eg_transpose_conv_inputs(y, filter_dims->h, params->stride_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const int32_t x = out_x + params->pad_w;
        const eg_transpose_conv_reach columns =
            eg_transpose_conv_inputs(x, filter_dims->w, params->stride_w, input_dims->w);
        for (int32_t o = 0; o < output_dims->c; ++o) {
          int32_t acc = bias ? bias[o] : 0;
          for (int32_t in_y = rows.first; in_y < rows.end; ++in_y) {
            const int32_t filter_row = o * filter_dims->h + y - in_y * params->stride_h;
            for (int32_t in_x = columns.first; in_x < columns.end; ++in_x) {
              const int8_t* pixel = input + ((n * input_dims->h + in_y) * input_dims->w + in_x) * depth;
              const int8_t* weights = filter + (filter_row * filter_dims->w + x - in_x * params->stride_w) * depth;
              for (int32_t c = 0; c < depth; ++c) {
                acc = eg_wrap_add(acc, weights[c] * (pixel[c] + params->input_offset));
              }
            }
          }
          acc = eg_wrap_add(eg_requantize(acc, quant->multiplier[o], quant->shift[o]), params->output_offset);
          *output++ = (int8_t)eg_clamp(acc, params->activation_min, params->activation_max);
        }
      }
    }
  }
}
