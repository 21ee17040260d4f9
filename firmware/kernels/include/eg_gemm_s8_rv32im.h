/* Products of int8 weights with four int8 pixels for RV32IM: two pixels in one word, one MUL for both. */
#ifndef EG_GEMM_S8_RV32IM_H
#define EG_GEMM_S8_RV32IM_H

#include "eg_common.h"

/* What eg_gemm_4_s8_rv32im reads; the assembly knows the order of the fields. */
typedef struct {
  const uint32_t* columns;     /* for each input two words: pixel 0 + 65536 * pixel 1, pixel 2 + 65536 * pixel 3 */
  const uint32_t* columns_end; /* behind the last input; the number of inputs is a multiple of 4 */
  const int32_t* packed;       /* constants of all blocks of channels */
  int8_t* output[4];           /* of each pixel; advanced by the number of channels */
  int32_t low;                 /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low`: sums up to 0 give `low` */
  int32_t triples; /* blocks of three channels, which come first; set to 0 */
  int32_t pairs;   /* blocks of two channels; set to 0 */
} eg_gemm_job_rv32im;

/* Output channels of four pixels.
 *
 * A word x0 + 65536 * x1 times a weight gives both pixels' products as long as the lower sum stays in 16 bits, so sums
 * are taken apart after each group of inputs that provably fits. `packed` holds, for each block of C channels, runs of
 * groups until the inputs are used up: 32 * the number of groups of four inputs, their weights, 32 * the number of
 * groups that are taken apart after two inputs already, their weights, and again. A group's weights are int8
 * [4][C]. Then follow for each channel five words: bias, bias - 32768 * splits, multiplier (Q31), rounding, shift,
 * where result = (high word of 4 * sum * multiplier + rounding) >> shift, the output zero point being part of
 * rounding = 1 + (1 << (shift - 1)) + (zero point << shift), shift in [2, 21]; ties round away from zero.
 * The sums with bias must stay below 2^29. */
void eg_gemm_4_s8_rv32im(eg_gemm_job_rv32im* job);

#endif
