#include "eg_math.h"

float eg_sqrtf(float x) {
  uint32_t bits = eg_float_bits(x);
  if (bits << 1 == 0 || bits == 0x7f800000u) return x;
  if ((bits & 0x7fffffffu) > 0x7f800000u) return eg_bits_float(bits | 0x00400000u);
  if (bits >> 31) return eg_bits_float(0xffc00000u);
  int exponent = (int)(bits >> 23);
  if (exponent == 0) { /* subnormal */
    do {
      bits <<= 1;
      --exponent;
    } while ((bits & 0x00800000u) == 0);
    ++exponent;
  }
  exponent -= 127;
  uint32_t rest = (bits & 0x007fffffu) | 0x00800000u;
  if (exponent & 1) rest <<= 1;
  /* 24 bits of the root and one for rounding, one by one: `root` is twice the root so far. */
  rest <<= 1;
  uint32_t root = 0;
  uint32_t sum = 0;
  for (uint32_t bit = 0x01000000u; bit; bit >>= 1) {
    const uint32_t candidate = sum + bit;
    if (candidate <= rest) {
      sum = candidate + bit;
      rest -= candidate;
      root += bit;
    }
    rest <<= 1;
  }
  /* A root is never half way between two floats: the last bit and a rest decide. */
  if (rest) root += root & 1;
  const uint32_t half = (uint32_t)((exponent - (exponent & 1)) / 2 + 127 - 1);
  return eg_bits_float((root >> 1) + (half << 23));
}
