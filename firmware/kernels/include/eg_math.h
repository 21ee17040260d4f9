#ifndef EG_MATH_H
#define EG_MATH_H

#include "eg_common.h"

/* The C library's float functions, with the bits that glibc gives, on every target. */

typedef union {
  float value;
  uint32_t bits;
} eg_float_parts;

EG_INLINE uint32_t eg_float_bits(float value) {
  const eg_float_parts parts = {.value = value};
  return parts.bits;
}

EG_INLINE float eg_bits_float(uint32_t bits) {
  const eg_float_parts parts = {.bits = bits};
  return parts.value;
}

/* The square root, correctly rounded. */
float eg_sqrtf(float x);
/* The remainder of x / y, exact, with the sign of x. */
float eg_fmodf(float x, float y);

float eg_expf(float x);
/* In double; not always correctly rounded, but nearly so. */
double eg_exp(double x);
float eg_logf(float x);
float eg_expm1f(float x);
/* Needs eg_expm1f. */
float eg_tanhf(float x);
float eg_sinf(float x);
float eg_cosf(float x);

/* The largest whole number not above x. */
EG_INLINE float eg_floorf(float x) {
  const uint32_t bits = eg_float_bits(x);
  const int exponent = (int)(bits >> 23 & 255) - 127;
  if (exponent >= 23) return x; /* whole, infinite or NaN */
  if (exponent < 0) {           /* bits, not floats: LLVM for Xtensa can't choose between two float constants */
    return eg_bits_float(bits << 1 == 0 ? bits : (bits >> 31 ? 0xbf800000u : 0u));
  }
  const uint32_t fraction = 0x007fffffu >> exponent;
  if ((bits & fraction) == 0) return x;
  /* Adding 1 to a negative number's magnitude may carry into the exponent, which is right. */
  return eg_bits_float((bits >> 31 ? bits + fraction : bits) & ~fraction);
}

/* The smallest whole number not below x. */
EG_INLINE float eg_ceilf(float x) { return -eg_floorf(-x); }

#endif
