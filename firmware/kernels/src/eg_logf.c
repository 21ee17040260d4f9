#include "eg_math.h"

/* 1 / c and log(c) for a c near the middle of each sixteenth of [0.7, 1.4). */
static const struct {
  double inverse;
  double log;
} kCenters[16] = {
    {0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2}, {0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2},
    {0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2},  {0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3},
    {0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3}, {0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4}, {0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4},
    {0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5}, {0x1p+0, 0x0p+0},
    {0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5},  {0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4},
    {0x1.b2036576afce6p-1, 0x1.526e57720db08p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3},
    {0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2},  {0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2},
};

/* log(x) = k log(2) + log(c) + log(1 + r), x = 2^k c (1 + r): a table for c, a polynomial for r, in double precision.
 * Algorithm and coefficients are those of Arm's optimized routines (MIT licence), as in glibc. */
float eg_logf(float x) {
  uint32_t bits = eg_float_bits(x);
  if (bits << 1 == 0) return eg_bits_float(0xff800000u);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return eg_bits_float(bits | 0x00400000u);
  if (bits >> 31) return eg_bits_float(0xffc00000u);
  if (bits == 0x7f800000u) return x;
  if (bits == 0x3f800000u) return 0.0f;
  int32_t k = 0;
  if (bits < 0x00800000u) { /* subnormal */
    bits = eg_float_bits(x * 0x1p23f);
    k = -23;
  }
  const uint32_t above = bits - 0x3f330000u;
  const uint32_t i = above >> 19 & 15;
  k += (int32_t)above >> 23;
  const double z = (double)eg_bits_float(bits - (above & 0xff800000u));
  const double r = z * kCenters[i].inverse - 1.0;
  const double base = kCenters[i].log + (double)k * 0x1.62e42fefa39efp-1;
  const double r2 = r * r;
  const double low = 0x1.5575b0be00b6ap-2 * r + -0x1.ffffef20a4123p-2;
  const double high = -0x1.00ea348b88334p-2 * r2 + low;
  return (float)(high * r2 + (base + r));
}
