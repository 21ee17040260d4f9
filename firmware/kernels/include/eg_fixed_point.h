/* Fixed-point arithmetic in Qm.n: m integer bits, n = 31 - m fraction bits. */
#ifndef EG_FIXED_POINT_H
#define EG_FIXED_POINT_H

#include "eg_common.h"

/* Zero bits above the highest set bit; 32 for 0. */
EG_INLINE int eg_count_leading_zeros(uint32_t value) {
#if defined(__GNUC__)
  return value ? __builtin_clz(value) : 32;
#else
  int count = 32;
  while (value) {
    value >>= 1;
    --count;
  }
  return count;
#endif
}

/* 1 / (1 + a) for a in [0, 1), both Q0.31: three Newton steps for the reciprocal of (1 + a) / 2, from 48/17 - 32/17 x.
 */
EG_INLINE int32_t eg_one_over_one_plus_x(int32_t a) {
  const int32_t half = (int32_t)(((uint32_t)a + 0x80000000u) >> 1);
  int32_t x = 1515870810 + eg_doubling_high_mul(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    const int32_t rest = (1 << 29) - eg_doubling_high_mul(half, x);
    x += eg_wrap_mul(eg_doubling_high_mul(x, rest), 4);
  }
  return x >= 1 << 30 ? INT32_MAX : (int32_t)((uint32_t)x << 1);
}

/* 1 / value with `integer_bits` integer bits, as a result in Q0.31 times 2^-*exponent. */
EG_INLINE int32_t eg_reciprocal(uint32_t value, int integer_bits, int* exponent) {
  const int zeros = eg_count_leading_zeros(value);
  *exponent = integer_bits - zeros;
  return eg_one_over_one_plus_x((int32_t)((value << zeros) - 0x80000000u));
}

#endif
