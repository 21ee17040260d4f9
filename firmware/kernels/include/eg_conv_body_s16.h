/* What faster int16 kernels of CONV_2D and TRANSPOSE_CONV share: everything but the sums of products. */
#ifndef EG_CONV_BODY_S16_H
#define EG_CONV_BODY_S16_H

#include "eg_conv_2d.h"
#include "eg_transpose_conv.h"

#define EG_CHANNELS_S16 4

/* Adds the products of `count` inputs with a block's weights, from element `at` of each channel on, to its sums. */
typedef void eg_sums_function_s16(const int16_t* input, const void* weights, int32_t at, int32_t count, int64_t* sums);

/* How weights are packed: blocks of so many channels, EG_CHANNELS_S16 at most, and the bytes of a weight. */
typedef struct {
  eg_sums_function_s16* add_sums;
  int32_t channels;
  int32_t weight_bytes;
} eg_blocks_s16;

/* How a sum becomes an output: with Q15 multipliers and 64-bit bias, or, where is_b32, as eg_conv_2d_s16b32 does. */
typedef struct {
  const eg_channel_quant* quant;
  const int64_t* bias;
  const int32_t* bias_32;
  int32_t is_b32;
  int32_t low; /* activation range */
  int32_t high;
} eg_scaling_s16;

EG_INLINE int16_t eg_scale_s16(const eg_scaling_s16* s, int32_t o, int64_t sum) {
  int32_t scaled;
  if (s->is_b32) {
    const int32_t acc = eg_wrap_add((int32_t)(uint32_t)(uint64_t)sum, s->bias_32 ? s->bias_32[o] : 0);
    scaled = eg_requantize(acc, s->quant->multiplier[o], s->quant->shift[o]);
  } else {
    scaled =
        eg_requantize_64(s->bias ? eg_wrap_add_64(sum, s->bias[o]) : sum, s->quant->multiplier[o], s->quant->shift[o]);
  }
  return (int16_t)eg_clamp(scaled, s->low, s->high);
}

EG_INLINE int16_t* eg_scale_block_s16(const eg_scaling_s16* s, int32_t o, int32_t channels, int32_t block,
                                      const int64_t* sums, int16_t* output) {
  for (int32_t i = 0; i < block && o + i < channels; ++i) *output++ = eg_scale_s16(s, o + i, sums[i]);
  return output;
}

/* CONV_2D with one group, dilation_w 1. */
EG_INLINE void eg_conv_body_s16(const eg_conv_2d_params* params, const eg_scaling_s16* scaling,
                                const eg_blocks_s16* blocks, const eg_dims* input_dims, const int16_t* input,
                                const eg_dims* filter_dims, const void* packed, const eg_dims* output_dims,
                                int16_t* output) {
  const int32_t depth = filter_dims->c;
  const int32_t channel_bytes = filter_dims->h * filter_dims->w * depth * blocks->weight_bytes;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t y = 0; y < output_dims->h; ++y) {
      const int32_t top = y * params->stride_h - params->pad_h;
      const eg_taps rows = eg_taps_inside(top, filter_dims->h, params->dilation_h, input_dims->h);
      for (int32_t x = 0; x < output_dims->w; ++x) {
        const int32_t left = x * params->stride_w - params->pad_w;
        const eg_taps columns = eg_taps_inside(left, filter_dims->w, 1, input_dims->w);
        const int32_t count = (columns.end - columns.first) * depth;
        for (int32_t o = 0; o < output_dims->c; o += blocks->channels) {
          const void* const weights = (const int8_t*)packed + o * channel_bytes;
          int64_t sums[EG_CHANNELS_S16] = {0, 0, 0, 0};
          for (int32_t ky = rows.first; ky < rows.end && count > 0; ++ky) {
            const int32_t in_row = (n * input_dims->h + top + ky * params->dilation_h) * input_dims->w + left;
            blocks->add_sums(input + (in_row + columns.first) * depth, weights,
                             (ky * filter_dims->w + columns.first) * depth, count, sums);
          }
          output = eg_scale_block_s16(scaling, o, output_dims->c, blocks->channels, sums, output);
        }
      }
    }
  }
}

EG_INLINE void eg_transpose_conv_body_s16(const eg_transpose_conv_params* params, const eg_scaling_s16* scaling,
                                          const eg_blocks_s16* blocks, const eg_dims* input_dims, const int16_t* input,
                                          const eg_dims* filter_dims, const void* packed, const eg_dims* output_dims,
                                          int16_t* output) {
  const int32_t depth = filter_dims->c;
  const int32_t channel_bytes = filter_dims->h * filter_dims->w * depth * blocks->weight_bytes;
  for (int32_t n = 0; n < output_dims->n; ++n) {
    for (int32_t out_y = 0; out_y < output_dims->h; ++out_y) {
      const int32_t y = out_y + params->pad_h;
      const eg_transpose_conv_reach rows = eg_transpose_conv_inputs(y, filter_dims->h, params->stride_h, input_dims->h);
      for (int32_t out_x = 0; out_x < output_dims->w; ++out_x) {
        const int32_t x = out_x + params->pad_w;
        const eg_transpose_conv_reach columns =
            eg_transpose_conv_inputs(x, filter_dims->w, params->stride_w, input_dims->w);
        for (int32_t o = 0; o < output_dims->c; o += blocks->channels) {
          const void* const weights = (const int8_t*)packed + o * channel_bytes;
          int64_t sums[EG_CHANNELS_S16] = {0, 0, 0, 0};
          for (int32_t in_y = rows.first; in_y < rows.end; ++in_y) {
            const int32_t filter_row = (y - in_y * params->stride_h) * filter_dims->w + x;
            for (int32_t in_x = columns.first; in_x < columns.end; ++in_x) {
              const int32_t pixel = (n * input_dims->h + in_y) * input_dims->w + in_x;
              const int32_t at = (filter_row - in_x * params->stride_w) * depth;
              blocks->add_sums(input + pixel * depth, weights, at, depth, sums);
            }
          }
          output = eg_scale_block_s16(scaling, o, output_dims->c, blocks->channels, sums, output);
        }
      }
    }
  }
}

#endif
