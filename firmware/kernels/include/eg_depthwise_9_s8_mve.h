#ifndef EG_DEPTHWISE_9_S8_MVE_H
#define EG_DEPTHWISE_9_S8_MVE_H

#include "eg_common.h"

/* What one call computes; the kernels access it by position. */
typedef struct {
  int32_t taps[9];       /* addresses */
  const int32_t* packed; /* see eg_depthwise_conv_2d_s8_mve.h */
  int8_t* output;
  int32_t output_offset;
  int32_t blocks; /* of 16 lanes */
  int32_t rest;   /* lanes after them */
  int32_t count;  /* of pixels */
  int32_t output_step;
  int32_t steps[9]; /* bytes from a pixel's tap to the next pixel's */
  int32_t is_apart; /* 0 where, with no rest, every tap and the output of a pixel begin where the last pixel's end */
  const int32_t* again; /* as `packed` */
} eg_depthwise_9_mve;

typedef void eg_depthwise_9_mve_kernel(eg_depthwise_9_mve* job);

/* The products of nine taps in consecutive lanes, summed and requantised, for each pixel. Leaves taps, output and count
 * at the last pixel. For `signed` see eg_gemm_s8_mve.h. */
eg_depthwise_9_mve_kernel eg_depthwise_9_s8_mve;
eg_depthwise_9_mve_kernel eg_depthwise_9_signed_s8_mve;

#endif
