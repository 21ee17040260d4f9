/* The constants of a convolution's output channels in few bits. */
#ifndef EG_COMPACT_CHANNELS_H
#define EG_COMPACT_CHANNELS_H

#include "eg_common.h"

/* For a body whose size counts and whose speed does not. */
#if defined(__clang__)
#define EG_SMALL __attribute__((minsize))
#elif defined(__GNUC__)
#define EG_SMALL __attribute__((optimize("Os")))
#else
#define EG_SMALL
#endif

/* `bits` holds, for each channel, from the lowest bit on: right shift - least_shift, bias (signed), and the multiplier
 * less its top bit. The multiplier times `ratio`, low word first, is below 2^64; its upper 31 bits, rounded, are the
 * multiplier in Q31. */
typedef struct {
  uint32_t ratio[2];
  const uint8_t* bits;
  uint8_t bias_bits;
  uint8_t shift_bits;
  uint8_t least_shift;
  uint8_t multiplier_bits;
} eg_compact_channels;

/* Two words for each channel: 256 * bias + right shift - 1, and the multiplier. Biases have 24 bits. */
void eg_expand_channels(const eg_compact_channels* compact, int32_t channels, int32_t* to);

#endif
