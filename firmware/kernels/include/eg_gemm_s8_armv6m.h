/* Products of int8 weights with two int8 pixels for Armv6-M: both pixels in one word, one MULS for both. */
#ifndef EG_GEMM_S8_ARMV6M_H
#define EG_GEMM_S8_ARMV6M_H

#include "eg_requantize_armv6m.h"

/* Sums of three channels for two pixels; returns the constants behind.
 *
 * A word x0 + 65536 * x1 times a weight gives both pixels' products as long as the lower sum stays in 16 bits, so sums
 * are taken apart after each group of inputs that provably fits. `columns` hold for each group of four inputs seven
 * words: the inputs of both pixels, then 32768 - 128 * sum of all four, of the first two, of the last two.
 * `packed` holds runs of groups until the columns are used up: 28 * the number of groups of four inputs, their weights,
 * 28 * the number of groups that are taken apart after two inputs already, their weights, and again. A group's weights
 * are bytes 128 + weight [4][3].
 * sums: of the upper pixel, three channels; then 65536 * upper + lower + 32768 * splits. */
const uint32_t* eg_gemm_2x3_s8_armv6m(const uint32_t* columns, const uint32_t* columns_end, const uint32_t* packed,
                                      uint32_t* sums);

/* Requantises what eg_gemm_2x3_s8_armv6m gives: `channels` (at most three) of two pixels, the second one's outputs
 * `second` bytes behind the first's. `quant` holds for each channel the upper pixel's bias, then an
 * eg_relu_quant_armv6m with the lower pixel's. */
void eg_relu_2x3_armv6m(const uint32_t* sums, const uint32_t* quant, int8_t* output, int32_t second,
                        int8_t* output_end);

/* Sums of four channels for one pixel: inputs from `input` to `input_end`, a multiple of four, times bytes
 * 128 + weight [inputs][4]. */
void eg_dot_4_s8_armv6m(const int8_t* input, const int8_t* input_end, const uint8_t* weights, int32_t* sums);

#endif
