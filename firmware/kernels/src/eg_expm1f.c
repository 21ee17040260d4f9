#include "eg_math.h"

static float scale_by_power_of_2(float value, int32_t k) {
  return eg_bits_float(eg_float_bits(value) + ((uint32_t)k << 23));
}

/* exp(x) - 1: x = k log(2) + r with |r| <= log(2) / 2, held as r plus a correction; a rational function of r; then
 * 2^k (exp(r) - 1) + 2^k - 1 in the order that rounds least. Algorithm and coefficients are those of FDLIBM (by Sun
 * Microsystems, freely usable), as in glibc before 2.41; every operation is in float. */
float eg_expm1f(float x) {
  const float log2_high = 0x1.62e3p-1f;
  const float log2_low = 0x1.2fefa2p-17f;
  const uint32_t bits = eg_float_bits(x);
  const uint32_t size = bits & 0x7fffffffu;
  const bool negative = bits >> 31 != 0;
  if (size > 0x7f800000u) return eg_bits_float(bits | 0x00400000u);
  if (negative && size >= 0x4195b844u) return -1.0f;                       /* below -27 log(2) */
  if (!negative && size >= 0x42b17218u) return eg_bits_float(0x7f800000u); /* overflow, and infinity */
  if (size < 0x33000000u) return x;
  int32_t k = 0;
  float correction = 0.0f;
  if (size > 0x3eb17218u) {   /* log(2) / 2 */
    if (size < 0x3f851592u) { /* 3 log(2) / 2 */
      k = negative ? -1 : 1;
    } else {
      k = (int32_t)(0x1.715476p+0f * x + eg_bits_float((negative ? 0x80000000u : 0u) | 0x3f000000u));
    }
    const float high = x - (float)k * log2_high;
    const float low = (float)k * log2_low;
    x = high - low;
    correction = (high - x) - low;
  }
  const float half = 0.5f * x;
  const float square = x * half;
  const float tail = -0x1.4ce19ap-14f + square * (0x1.0cfca8p-18f + square * -0x1.afdb76p-23f);
  const float r = 1.0f + square * (-0x1.111112p-5f + square * (0x1.a01a02p-10f + square * tail));
  const float t = 3.0f - r * half;
  float e = square * ((r - t) / (6.0f - x * t));
  if (k == 0) return x - (x * e - square);
  e = x * (e - correction) - correction;
  e -= square;
  if (k == -1) return 0.5f * (x - e) - 0.5f;
  if (k == 1) return x < -0.25f ? -2.0f * (e - (x + 0.5f)) : 1.0f + 2.0f * (x - e);
  if (k <= -2 || k > 56) return scale_by_power_of_2(1.0f - (e - x), k) - 1.0f;
  if (k < 23) return scale_by_power_of_2(eg_bits_float(0x3f800000u - (0x1000000u >> k)) - (e - x), k);
  return scale_by_power_of_2(x - (e + eg_bits_float((uint32_t)(127 - k) << 23)) + 1.0f, k);
}
