/* Convolutions in int8 for Armv7E-M with one shared body for all layers: what `--optimize size` builds. */
#ifndef EG_SMALL_S8_ARMV7EM_H
#define EG_SMALL_S8_ARMV7EM_H

#include "eg_small_conv.h"

/* What eg_gemm_small_s8_armv7em works on; it leaves the pointers behind what it has read and written. */
typedef struct {
  const int32_t* columns;  /* for each four inputs (0, 2) of three pixels as int16 lanes, then (1, 3) */
  const int32_t* weights;  /* for each pair of channels A, B: for each four inputs the lanes 256 * A + B likewise */
  int32_t steps;           /* fours of inputs, at least 1 */
  const int32_t* channels; /* as eg_expand_channels makes them */
  int32_t distances[2];    /* of the second and third pixel's outputs from the first's */
  int32_t twice_zero;      /* 2 * zero point of the output + 1 */
  int8_t* output;
  const int8_t* end; /* of the first pixel's outputs: whole pairs of channels */
} eg_gemm_small_armv7em;

void eg_gemm_small_s8_armv7em(eg_gemm_small_armv7em* job);

/* What eg_depthwise_block_s8_armv7em works on. */
typedef struct {
  const void* const* taps; /* for each tap where the windows of two pixels have it, and its weights; at the end null */
  const int32_t* channels;
  int8_t* output;
  int32_t distance; /* of the second pixel's outputs */
  int32_t count;    /* of channels, at least 4 */
  int32_t twice_zero;
} eg_depthwise_block_armv7em;

/* All channels of two pixels. */
void eg_depthwise_block_s8_armv7em(const eg_depthwise_block_armv7em* job);

/* Any window, one batch, at least two output channels. scratch: 8 bytes for each output channel, 24 for each four
 * inputs of a window, and where windows are copied 12 more. */
void eg_conv_small_s8_armv7em(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

/* Any window, one batch, each output channel from its own input channel, at least four. Weights are int8 [KH,KW,C].
 * scratch: 9 bytes for each channel and 12 for each tap, and 12 more. */
void eg_depthwise_small_s8_armv7em(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch);

#endif
