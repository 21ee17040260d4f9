/* Dot products of int8 columns for MVE: 16 products an instruction, eight output channels requantised as vectors. */
#ifndef EG_GEMM_S8_MVE_H
#define EG_GEMM_S8_MVE_H

#include "eg_common.h"

/* What one call computes; the kernels read it by position. A column is steps * 16 values; those that no weight
 * belongs to may be anything. */
typedef struct {
  const int8_t* column0;
  const int8_t* column1; /* only for two pixels */
  const int32_t* packed;
  int8_t* output; /* eight values for each group, of the first pixel */
  int32_t rounds; /* of the loop that does four steps at a time, after the first step */
  int32_t entry;  /* bytes of that loop's code that the first round skips; see eg_gemm_entry_mve */
  int32_t output_offset;
  int32_t output_delta; /* bytes from the first pixel's output to the second's */
  const int32_t* end;   /* of `packed` */
  /* Only for two pixels: */
  int32_t pairs;       /* of pixels, at least 1 */
  int32_t column_step; /* bytes from a pair to the next */
  int32_t output_step; /* bytes from the end of a pixel's output to the next pair's */
} eg_gemm_mve;

/* Bytes of code of one step for one pixel and for two. */
enum { EG_GEMM_STEP_1_BYTES_MVE = 68, EG_GEMM_STEP_2_BYTES_MVE = 56 };

EG_INLINE int32_t eg_gemm_entry_mve(int32_t steps, int32_t step_bytes) {
  return steps == 1 ? 4 * step_bytes + 8 : (-(steps - 1) & 3) * step_bytes;
}

typedef void eg_gemm_mve_kernel(const eg_gemm_mve* job);

/* `packed` for two pixels, for each group of eight channels: the even, then the odd channels, in each case the weights
 * [steps][4][16], then four int32 each of bias, multiplier and shift (<= 0). For one pixel: the weights [steps][8][16],
 * even channels first, then bias, multiplier and shift of the even and of the odd channels.
 * The second rounding of eg_requantize is away from zero: `signed` kernels do that, for shifts < 0; the others round
 * values below zero up, which is right where results below the output's zero point don't count. */
eg_gemm_mve_kernel eg_gemm_2_s8_mve;
eg_gemm_mve_kernel eg_gemm_2_signed_s8_mve;
eg_gemm_mve_kernel eg_gemm_1_s8_mve;
eg_gemm_mve_kernel eg_gemm_1_signed_s8_mve;

#endif
