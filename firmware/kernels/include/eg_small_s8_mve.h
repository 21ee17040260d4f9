/* Convolutions in int8 for MVE with one shared body for all layers: what `--optimize size` builds. */
#ifndef EG_SMALL_S8_MVE_H
#define EG_SMALL_S8_MVE_H

#include "eg_small_conv.h"

/* What eg_gemm_small_s8_mve works on; it leaves the pointers behind what it has read and written. */
typedef struct {
  const int8_t* column0; /* of two pixels: what their windows hold */
  const int8_t* column1;
  const int8_t* weights; /* for each four channels: their first `first` weights, then 16 of each again and again */
  int8_t* output;
  int32_t steps; /* of 16 values after the first step */
  int32_t first; /* values of the first step, 1 to 16 */
  const int32_t* channels;
  int32_t output_zero_point;
  int32_t distance;  /* of the second pixel's outputs */
  const int8_t* end; /* of the first pixel's outputs: whole fours of channels */
} eg_gemm_small_mve;

void eg_gemm_small_s8_mve(eg_gemm_small_mve* job);

/* What eg_depthwise_block_s8_mve works on. */
typedef struct {
  const int8_t* const* taps; /* an odd number: where the window has them */
  const int8_t* const* end;
  const int8_t* weights; /* [tap][channel] */
  const int32_t* channels;
  int8_t* output; /* moves on */
  int32_t count;  /* of channels */
  int32_t output_zero_point;
  int32_t pixels; /* at least 1 */
  int32_t step;   /* bytes from a pixel's taps to the next one's */
} eg_depthwise_block_mve;

/* All channels of neighbouring pixels. */
void eg_depthwise_block_s8_mve(eg_depthwise_block_mve* job);

/* For a channel as eg_expand_channels makes it: minus the right shift in the lowest byte; the zero point, times the sum
 * of the channel's weights, taken from the bias. */
EG_INLINE void eg_fold_channel_mve(const eg_small_conv_params* p, int32_t* channel, int32_t sum) {
  *channel = (*channel ^ 255) - p->zero_point * sum * 256;
}

/* Any window, one batch. scratch: 8 bytes for each output channel, filled up to fours, and where the window is not a
 * pixel of the input twice a window's values. */
void eg_conv_small_s8_mve(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

/* Any window, one batch, each output channel from its own input channel. Weights are int8 [KH,KW,C], a row of zeros
 * behind an even number. scratch: 8 bytes for each channel, filled up to sixteens, 4 for each tap and one more, and a
 * byte for each channel. */
void eg_depthwise_small_s8_mve(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

#endif
