#include "eg_math.h"

/* 2^(i/32), less i/32 in the exponent's place. */
static const uint64_t kPowers[32] = {
    UINT64_C(0x3ff0000000000000), UINT64_C(0x3fefd9b0d3158574), UINT64_C(0x3fefb5586cf9890f),
    UINT64_C(0x3fef9301d0125b51), UINT64_C(0x3fef72b83c7d517b), UINT64_C(0x3fef54873168b9aa),
    UINT64_C(0x3fef387a6e756238), UINT64_C(0x3fef1e9df51fdee1), UINT64_C(0x3fef06fe0a31b715),
    UINT64_C(0x3feef1a7373aa9cb), UINT64_C(0x3feedea64c123422), UINT64_C(0x3feece086061892d),
    UINT64_C(0x3feebfdad5362a27), UINT64_C(0x3feeb42b569d4f82), UINT64_C(0x3feeab07dd485429),
    UINT64_C(0x3feea47eb03a5585), UINT64_C(0x3feea09e667f3bcd), UINT64_C(0x3fee9f75e8ec5f74),
    UINT64_C(0x3feea11473eb0187), UINT64_C(0x3feea589994cce13), UINT64_C(0x3feeace5422aa0db),
    UINT64_C(0x3feeb737b0cdc5e5), UINT64_C(0x3feec49182a3f090), UINT64_C(0x3feed503b23e255d),
    UINT64_C(0x3feee89f995ad3ad), UINT64_C(0x3feeff76f2fb5e47), UINT64_C(0x3fef199bdd85529c),
    UINT64_C(0x3fef3720dcef9069), UINT64_C(0x3fef5818dcfba487), UINT64_C(0x3fef7c97337b9b5f),
    UINT64_C(0x3fefa4afa2a490da), UINT64_C(0x3fefd0765b6e4540),
};

EG_INLINE double bits_double(uint64_t bits) {
  const union {
    uint64_t bits;
    double value;
  } parts = {bits};
  return parts.value;
}

/* exp(x) = 2^(k/32) * exp(r), |r| <= log(2)/64: a table for the first, a polynomial for the second, in double
 * precision. Algorithm and coefficients are those of Arm's optimized routines (MIT licence), as in glibc. */
float eg_expf(float x) {
  const uint32_t size = eg_float_bits(x) & 0x7fffffffu;
  if (size > 0x7f800000u) return eg_bits_float(eg_float_bits(x) | 0x00400000u);
  if (x > 0x1.62e42ep6f) return eg_bits_float(0x7f800000u);
  if (x < -0x1.9fe368p6f) return 0.0f;
  const double scaled = 0x1.71547652b82fep+5 * (double)x;
  const int32_t k = (int32_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
  /* 32/log(2) in two parts whose products with x are exact: r is rounded once, as by a fused multiply-add. */
  const double r = (0x1.7154765p+5 * (double)x - (double)k) + 0x1.5c17fp-26 * (double)x;
  const double power = bits_double(kPowers[(uint32_t)k % 32] + ((uint64_t)(int64_t)k << 47));
  const double high = 0x1.c6af84b912394p-20 * r + 0x1.ebfce50fac4f3p-13;
  const double low = 0x1.62e42ff0c52d6p-6 * r + 1.0;
  return (float)((high * (r * r) + low) * power);
}
