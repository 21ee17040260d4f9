/* DEPTHWISE_CONV_2D in int8 for MVE, depth multiplier 1, one batch. */
#ifndef EG_DEPTHWISE_CONV_2D_S8_MVE_H
#define EG_DEPTHWISE_CONV_2D_S8_MVE_H

#include "eg_depthwise_9_s8_mve.h"
#include "eg_depthwise_taps_s8_mve.h"

typedef struct {
  int32_t input_h;
  int32_t input_w;
  int32_t channels;
  int32_t filter_h;
  int32_t filter_w;
  int32_t output_h;
  int32_t output_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h;
  int32_t pad_w;
  int32_t output_offset;
  int32_t group; /* pixels side by side in one vector where no window reaches the padding; 1 unless the stride is 1 */
  eg_depthwise_9_mve_kernel* kernel_9;       /* for 3x3 windows */
  eg_depthwise_taps_mve_kernel* kernel_taps; /* for other ones */
  eg_depthwise_line_mve_kernel* kernel_line; /* for eg_depthwise_1xn_s8_mve */
} eg_depthwise_mve_params;

/* Taps that a window can have. */
enum { EG_DEPTHWISE_TAPS_MVE = 32 };

/* packed, for every 16 channels: weights [taps][16], then 16 int32 each of bias, multiplier and shift, whose order is
 * that of the sums in eg_depthwise_body_mve.h. With a `group` of n, one such block holds n times the same channels.
 * padding: the input's zero point, for as many channels as there are, rounded up to 16.
 * `reverse`: last pixels first. Each output pixel is written after its whole window was read. */

/* 3x3 windows without dilation. */
void eg_depthwise_3x3_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                             const int8_t* padding, int8_t* output, int32_t reverse);

/* Any other windows, in no groups; `packed` has each block's bias first. */
void eg_depthwise_conv_2d_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                                 const int8_t* padding, int8_t* output, int32_t reverse);

/* The same for windows of one row that read no padding. */
void eg_depthwise_1xn_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                             int8_t* output, int32_t reverse);

#endif
