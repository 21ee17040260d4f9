#include "eg_signal_filter_bank.h"

/* The square root of a 32-bit value, rounded to nearest, at most 65535. */
static uint32_t root_32(uint32_t value) {
  uint32_t bit = 1u << 30;
  uint32_t root = 0;
  while (bit > value) bit >>= 2;
  for (; bit != 0; bit >>= 2) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return root + (value > root && root != UINT16_MAX);
}

static uint32_t root_64(uint64_t value) {
  if (value >> 32 == 0) return root_32((uint32_t)value);
  uint64_t bit = 1ull << 62;
  uint64_t root = 0;
  while (bit > value) bit >>= 2;
  for (; bit != 0; bit >>= 2) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return (uint32_t)(root + (value > root && root != UINT32_MAX));
}

void eg_signal_filter_bank_square_root_u64(const uint64_t* input, const int32_t* scale_bits, int32_t size,
                                           uint32_t* output) {
  const uint32_t shift = (uint32_t)*scale_bits & 31;
  for (int32_t i = 0; i < size; ++i) output[i] = root_64(input[i]) >> shift;
}
