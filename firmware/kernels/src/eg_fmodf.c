#include "eg_math.h"

/* A finite, non-zero magnitude as significand (24 bits) times 2^(exponent - 150). */
static int32_t split(uint32_t magnitude, uint32_t* significand) {
  int32_t exponent = (int32_t)(magnitude >> 23);
  *significand = magnitude & 0x007fffffu;
  if (exponent) {
    *significand |= 0x00800000u;
    return exponent;
  }
  exponent = 1;
  while ((*significand & 0x00800000u) == 0) {
    *significand <<= 1;
    --exponent;
  }
  return exponent;
}

float eg_fmodf(float x, float y) {
  const uint32_t sign = eg_float_bits(x) & 0x80000000u;
  const uint32_t dividend = eg_float_bits(x) & 0x7fffffffu;
  const uint32_t divisor = eg_float_bits(y) & 0x7fffffffu;
  if (divisor == 0 || dividend >= 0x7f800000u || divisor > 0x7f800000u) return x * y / (x * y);
  if (dividend < divisor) return x;
  uint32_t rest, step;
  int32_t exponent = split(dividend, &rest);
  const int32_t end = split(divisor, &step);
  for (; exponent > end; --exponent) {
    if (rest >= step) rest -= step;
    rest <<= 1;
  }
  if (rest >= step) rest -= step;
  if (rest == 0) return eg_bits_float(sign);
  while ((rest & 0x00800000u) == 0 && exponent > 1) {
    rest <<= 1;
    --exponent;
  }
  if (exponent < 1) { /* the divisor was subnormal: so is the rest */
    rest >>= 1 - exponent;
    exponent = 1;
  }
  return eg_bits_float(sign | (rest & 0x00800000u ? (uint32_t)exponent << 23 | (rest & 0x007fffffu) : rest));
}
