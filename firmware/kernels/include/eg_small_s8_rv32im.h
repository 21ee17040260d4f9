/* Convolutions in int8 for RV32IM with one shared body for all layers: what `--optimize size` builds. */
#ifndef EG_SMALL_S8_RV32IM_H
#define EG_SMALL_S8_RV32IM_H

#include "eg_small_conv.h"

/* Any window, one batch. Weights are int8, for each four channels, the last ones filled up with zeros, [depth][4].
 * scratch: 8 bytes for each output channel, 4 for each value of a window. */
void eg_conv_small_s8_rv32im(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

/* Any window, one batch, each output channel from its own input channel, at least four. Weights are int8 [KH,KW,C].
 * scratch: 9 bytes for each channel and 8 for each tap. */
void eg_depthwise_small_s8_rv32im(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

/* Twelve sums: three values of each of `depth` rows of `columns` times four of `weights`. */
void eg_gemm_small_s8_rv32im(const int8_t* columns, const int8_t* weights, int32_t depth, int32_t sums[12]);

/* A sum to the output's int8; `channel` as eg_expand_channels makes it, |sum + bias| < 2^23. Rounding twice is rounding
 * down once, but for one less in negative sums. */
EG_INLINE int8_t eg_finish(const int32_t* channel, int32_t sum, int32_t twice_zero, int32_t low, int32_t high) {
  const int32_t acc = sum + (channel[0] >> 8);
  const int32_t scaled = (int32_t)((int64_t)(acc * 256) * channel[1] >> 32) + 64 + (acc >> 31) * 128;
  return (int8_t)eg_clamp(((scaled >> ((channel[0] & 255) + 7)) + twice_zero) >> 1, low, high);
}

#endif
