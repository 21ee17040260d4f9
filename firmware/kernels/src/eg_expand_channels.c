#include "eg_compact_channels.h"

/* A word at any address, low byte first as on all targets of these kernels. */
typedef struct {
  uint32_t value;
} __attribute__((packed, may_alias)) eg_any_word;

/* The next `count` bits, at most 31. Up to five bytes are read. */
static EG_NOINLINE uint32_t eg_take_bits(const uint8_t* bits, uint32_t* at, uint32_t count) {
  const uint8_t* const from = bits + (*at >> 3);
  const uint32_t skip = *at & 7u;
  *at += count;
  const uint32_t word = ((const eg_any_word*)(const void*)from)->value >> skip;
  return (word | (uint32_t)from[4] << 1 << (31u - skip)) & ((1u << count) - 1u);
}

EG_SMALL void eg_expand_channels(const eg_compact_channels* compact, int32_t channels, int32_t* to) {
  const uint32_t unused = 32u - compact->bias_bits;
  uint32_t at = 0;
  for (; channels > 0; --channels) {
    const uint32_t shift = eg_take_bits(compact->bits, &at, compact->shift_bits) + compact->least_shift - 1u;
    const uint32_t bias = eg_take_bits(compact->bits, &at, compact->bias_bits);
    const uint32_t top = 1u << compact->multiplier_bits;
    const uint64_t code = eg_take_bits(compact->bits, &at, compact->multiplier_bits) | top;
    const uint64_t ratio = (uint64_t)compact->ratio[1] << 32 | compact->ratio[0];
    const uint64_t product = code * ratio;
    /* Of 64 bits one more is dropped than of 63. */
    const uint64_t rounded = (product >> (product >> 63)) + 0x80000000u;
    *to++ = (int32_t)((uint32_t)((int32_t)(bias << unused) >> unused) << 8 | shift);
    *to++ = (int32_t)(rounded >> 32);
  }
}
