#ifndef EG_DEPTHWISE_TAPS_S8_MVE_H
#define EG_DEPTHWISE_TAPS_S8_MVE_H

#include "eg_common.h"

/* What one call computes; the kernels read it by position. */
typedef struct {
  const int32_t* packed; /* as for eg_depthwise_9_s8_mve, but with the bias of a block before its weights */
  int8_t* output;
  int32_t output_offset;
  int32_t pairs; /* of taps */
  const int8_t* const* taps;
  int32_t odd;    /* 1 where a tap follows the pairs */
  int32_t blocks; /* of 16 channels */
  int32_t rest;   /* channels after them */
  int32_t start;  /* bytes to add to every tap */
  int32_t count;  /* of pixels */
  int32_t step;   /* bytes from a pixel's taps to the next pixel's */
  int32_t output_step;
} eg_depthwise_taps_mve;

/* The same for taps in one line. */
typedef struct {
  const int32_t* packed;
  int8_t* output;
  int32_t output_offset;
  int32_t pairs;
  int32_t pitch; /* bytes from a tap to the next */
  int32_t odd;
  int32_t blocks;
  int32_t rest;
  const int8_t* start; /* the first tap */
  int32_t count;
  int32_t step;
  int32_t output_step;
} eg_depthwise_line_mve;

typedef void eg_depthwise_taps_mve_kernel(eg_depthwise_taps_mve* job);

/* The products of any number of taps, summed and requantised, for each pixel. Leaves start, output and
 * count at the last pixel. For `signed` see eg_gemm_s8_mve.h. */
eg_depthwise_taps_mve_kernel eg_depthwise_taps_s8_mve;
eg_depthwise_taps_mve_kernel eg_depthwise_taps_signed_s8_mve;

typedef void eg_depthwise_line_mve_kernel(eg_depthwise_line_mve* job);

eg_depthwise_line_mve_kernel eg_depthwise_line_s8_mve;
eg_depthwise_line_mve_kernel eg_depthwise_line_signed_s8_mve;

#endif
