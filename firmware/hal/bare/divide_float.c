/* Division of float and double for cores without it in hardware, rounded to nearest even over the whole range.
 *
 * The functions of zig's run-time library cut quotients below the normal range instead of rounding them. On Arm the
 * compilers call other names (__aeabi_fdiv), and M-profile cores with an FPU divide floats in hardware. */
#include <stdint.h>

#if !defined(__arm__)

typedef union {
  float value;
  uint32_t bits;
} eg_float_bits;

typedef union {
  double value;
  uint64_t bits;
} eg_double_bits;

float __divsf3(float a, float b);
double __divdf3(double a, double b);

float __divsf3(float a, float b) {
  const uint32_t infinity = 0x7F800000u, nan = 0x7FC00000u, hidden = 1u << 23;
  eg_float_bits x, y, result;
  x.value = a;
  y.value = b;
  const uint32_t sign = (x.bits ^ y.bits) & 0x80000000u;
  uint32_t m = x.bits & 0x7FFFFFFFu, n = y.bits & 0x7FFFFFFFu;
  if (m > infinity || n > infinity || (m == infinity && n == infinity) || (m == 0u && n == 0u)) {
    result.bits = nan;
    return result.value;
  }
  if (m == infinity || n == 0u || m == 0u || n == infinity) {
    result.bits = sign | (m == infinity || n == 0u ? infinity : 0u);
    return result.value;
  }
  int32_t exponent = (int32_t)(m >> 23) - (int32_t)(n >> 23) + 127;
  if (m < hidden) ++exponent; /* a subnormal has the exponent of the smallest normal number */
  if (n < hidden) --exponent;
  m = m < hidden ? m : (m & (hidden - 1u)) | hidden;
  n = n < hidden ? n : (n & (hidden - 1u)) | hidden;
  for (; m < hidden; m <<= 1) --exponent;
  for (; n < hidden; n <<= 1) ++exponent;
  if (m < n) {
    m <<= 1;
    --exponent;
  }
  /* 24 bits of quotient and two to round by; the last one also says whether anything is left. */
  uint32_t quotient = 0;
  for (int i = 0; i < 26; ++i) {
    quotient <<= 1;
    if (m >= n) {
      m -= n;
      quotient |= 1u;
    }
    m <<= 1;
  }
  quotient |= m != 0u ? 1u : 0u;
  if (exponent >= 255) {
    result.bits = sign | infinity;
    return result.value;
  }
  if (exponent <= 0) {
    const int32_t shift = exponent < -26 ? 27 : 1 - exponent;
    const uint32_t lost = quotient & ((1u << shift) - 1u);
    quotient = (quotient >> shift) | (lost != 0u ? 1u : 0u);
    exponent = 1;
  }
  uint32_t rounded = quotient >> 2;
  if ((quotient & 3u) + (rounded & 1u) > 2u) ++rounded;
  /* The leading bit adds itself to the exponent; so does a carry, up to infinity. */
  result.bits = sign | (((uint32_t)(exponent - 1) << 23) + rounded);
  return result.value;
}

double __divdf3(double a, double b) {
  const uint64_t infinity = 0x7FF0000000000000u, nan = 0x7FF8000000000000u, hidden = 1ull << 52;
  eg_double_bits x, y, result;
  x.value = a;
  y.value = b;
  const uint64_t sign = (x.bits ^ y.bits) & 0x8000000000000000u;
  uint64_t m = x.bits & 0x7FFFFFFFFFFFFFFFu, n = y.bits & 0x7FFFFFFFFFFFFFFFu;
  if (m > infinity || n > infinity || (m == infinity && n == infinity) || (m == 0u && n == 0u)) {
    result.bits = nan;
    return result.value;
  }
  if (m == infinity || n == 0u || m == 0u || n == infinity) {
    result.bits = sign | (m == infinity || n == 0u ? infinity : 0u);
    return result.value;
  }
  int32_t exponent = (int32_t)(m >> 52) - (int32_t)(n >> 52) + 1023;
  if (m < hidden) ++exponent;
  if (n < hidden) --exponent;
  m = m < hidden ? m : (m & (hidden - 1u)) | hidden;
  n = n < hidden ? n : (n & (hidden - 1u)) | hidden;
  for (; m < hidden; m <<= 1) --exponent;
  for (; n < hidden; n <<= 1) ++exponent;
  if (m < n) {
    m <<= 1;
    --exponent;
  }
  uint64_t quotient = 0;
  for (int i = 0; i < 55; ++i) {
    quotient <<= 1;
    if (m >= n) {
      m -= n;
      quotient |= 1u;
    }
    m <<= 1;
  }
  quotient |= m != 0u ? 1u : 0u;
  if (exponent >= 2047) {
    result.bits = sign | infinity;
    return result.value;
  }
  if (exponent <= 0) {
    const int32_t shift = exponent < -55 ? 56 : 1 - exponent;
    const uint64_t lost = quotient & ((1ull << shift) - 1u);
    quotient = (quotient >> shift) | (lost != 0u ? 1u : 0u);
    exponent = 1;
  }
  uint64_t rounded = quotient >> 2;
  if ((quotient & 3u) + (rounded & 1u) > 2u) ++rounded;
  result.bits = sign | (((uint64_t)(exponent - 1) << 52) + rounded);
  return result.value;
}

#endif
