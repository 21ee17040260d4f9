#include "eg_math.h"

/* tanh(x) = 1 - 2 / (exp(2|x|) + 1), or -t / (t + 2) with t = exp(-2|x|) - 1 for small x, as FDLIBM computes it (by Sun
 * Microsystems, freely usable) and glibc before 2.41. */
float eg_tanhf(float x) {
  const uint32_t bits = eg_float_bits(x);
  const uint32_t size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) return eg_bits_float(bits | 0x00400000u);
  if (size == 0) return x;
  if (size < 0x24000000u) return x * (1.0f + x);
  const float positive = eg_bits_float(size);
  float result = 1.0f;
  if (size < 0x3f800000u) {
    const float t = eg_expm1f(-2.0f * positive);
    result = -t / (t + 2.0f);
  } else if (size < 0x41b00000u) { /* 22 */
    result = 1.0f - 2.0f / (eg_expm1f(2.0f * positive) + 2.0f);
  }
  return bits >> 31 ? -result : result;
}
