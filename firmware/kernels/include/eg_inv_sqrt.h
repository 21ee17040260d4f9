#ifndef EG_INV_SQRT_H
#define EG_INV_SQRT_H

#include "eg_fixed_point.h"

/* value * 2^bits, saturated. */
EG_INLINE int32_t eg_saturating_shift(int32_t value, int bits) {
  const int32_t limit = INT32_MAX >> bits;
  if (value > limit) return INT32_MAX;
  return value < -limit - 1 ? INT32_MIN : value * (1 << bits);
}

/* 1 / sqrt(value) as a Q31 multiplier and a shift, > 0 to the left. For values below 1 as for 1. */
EG_INLINE int32_t eg_inv_sqrt(int32_t value, int* shift) {
  *shift = 0;
  if (value <= 1) return INT32_MAX;
  int right = 11;
  for (; value >= 1 << 29; ++right) value /= 4;
  const int pairs = (eg_count_leading_zeros((uint32_t)value) - 1) / 2 - 1;
  right -= pairs;
  /* Newton steps in Q3.28 from 1, for the value scaled into [1/8, 1/2). */
  const int32_t half = eg_rounding_shift((value << 2 * pairs) >> 1, 1);
  int32_t x = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = eg_saturating_shift(eg_doubling_high_mul(eg_doubling_high_mul(x, x), x), 6);
    x = eg_saturating_shift(eg_doubling_high_mul(x, 3 << 27) - eg_doubling_high_mul(half, cube), 3);
  }
  x = eg_doubling_high_mul(x, 1518500250);
  if (right < 0) return eg_wrap_mul(x, 1 << -right);
  *shift = -right;
  return x;
}

#endif
