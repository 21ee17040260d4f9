/* What the small convolutions of all instruction sets share: one body serves every layer. */
#ifndef EG_SMALL_CONV_H
#define EG_SMALL_CONV_H

#include "eg_compact_channels.h"

/* A convolution or a depthwise one, of int8 and one batch. */
typedef struct {
  eg_compact_channels channels;
  const void* weights;
  uint16_t input_h;
  uint16_t input_w;
  uint16_t input_c;
  uint16_t output_h;
  uint16_t output_w;
  uint16_t output_c;
  uint8_t filter_h;
  uint8_t filter_w;
  uint8_t stride_h;
  uint8_t stride_w;
  uint8_t dilation_h;
  uint8_t dilation_w;
  uint8_t pad_h;
  uint8_t pad_w;
  int8_t zero_point; /* of the input: what padding reads as */
  int8_t output_zero_point;
  int8_t activation_min;
  int8_t activation_max;
} eg_small_conv_params;

/* Whether every window is one pixel, and they follow each other as the outputs do. */
EG_INLINE bool eg_is_pointwise(const eg_small_conv_params* p) {
  return p->filter_h * p->filter_w * p->stride_h * p->stride_w == 1 && (p->pad_h | p->pad_w) == 0;
}

/* A copy of the window of output pixel (y, x), row after row, padding as the zero point. */
void eg_copy_window(const eg_small_conv_params* p, const int8_t* input, int32_t y, int32_t x, int8_t* to);

#endif
