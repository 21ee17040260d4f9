/* FULLY_CONNECTED and 1x1 CONV_2D of few pixels in int8 for RV32IM: two channels in one word, one MUL for both. */
#ifndef EG_FULLY_CONNECTED_S8_RV32IM_H
#define EG_FULLY_CONNECTED_S8_RV32IM_H

#include "eg_requantize_rv32im.h"

typedef struct {
  int32_t depth; /* inputs of a pixel */
  int32_t output_c;
  int32_t blocks; /* of eight channels, the last one perhaps incomplete; the rest one by one */
  int32_t low;    /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low` */
} eg_fully_connected_rv32im_params;

/* `pixels` rows of `depth` inputs, each times every channel.
 *
 * `packed` holds for each block of eight channels runs of inputs until they are used up: their number, and their
 * weights; in the first run sums are taken apart after eight inputs each, in the next after four, then two, and again.
 * For each input there are two words, of channels 0 to 3 and 4 to 7: bytes 128 + weight of 0, 2, 1, 3. Then follow for
 * each channel an eg_quant_rv32im, and then of channels 0, 2, 4, 6 bias - 32768 * splits.
 * `weights` [output_c - 8 * blocks][depth] and `quant` are of the other channels. */
void eg_fully_connected_s8_rv32im(const eg_fully_connected_rv32im_params* params, int32_t pixels, const int8_t* input,
                                  const uint32_t* packed, const int8_t* weights, const eg_quant_rv32im* quant,
                                  int8_t* output);

/* One row of inputs, up to four channels. `packed` has a word for each input: bytes 128 + weight of channels 0, 2, 1,
 * 3. `group` (4 or 2) is how many inputs' products always fit 16 bits. */
void eg_fully_connected_4_s8_rv32im(const eg_fully_connected_rv32im_params* params, int32_t group, const int8_t* input,
                                    const uint32_t* packed, const eg_quant_rv32im* quant, int8_t* output);

#endif
