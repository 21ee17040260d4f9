#ifndef EG_NARROW_S8_MVE_H
#define EG_NARROW_S8_MVE_H

#include "eg_common.h"

/* What one call computes; the kernels read it by position. */
typedef struct {
  const int8_t* column0;
  const int8_t* column1;
  const int32_t* packed; /* as for eg_gemm_2_s8_mve */
  int8_t* output;        /* of the first pixel */
  int32_t output_offset;
  int32_t output_delta; /* bytes from the first pixel's output to the second's */
  int32_t pairs;        /* of pixels, at least 1 */
  int32_t depth;        /* values of a column, at most 16 */
  int32_t groups;       /* of eight channels */
  int32_t input_step;   /* bytes from a pair to the next */
  int32_t output_step;  /* bytes from the end of a pixel's output to the next pair's */
} eg_narrow_mve;

typedef void eg_narrow_mve_kernel(const eg_narrow_mve* job);

/* Pairs of pixels times all channels. For `signed` see eg_gemm_s8_mve.h. */
eg_narrow_mve_kernel eg_narrow_s8_mve;
eg_narrow_mve_kernel eg_narrow_signed_s8_mve;

#endif
