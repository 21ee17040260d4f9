#include "eg_sincos.h"

/* 4/pi in binary: each number starts eight bits after the one before. */
static const uint32_t kFourOverPi[24] = {0x000000a2u, 0x0000a2f9u, 0x00a2f983u, 0xa2f9836eu, 0xf9836e4eu, 0x836e4e44u,
                                         0x6e4e4415u, 0x4e441529u, 0x441529fcu, 0x1529fc27u, 0x29fc2757u, 0xfc2757d1u,
                                         0x2757d1f5u, 0x57d1f534u, 0xd1f534ddu, 0xf534ddc0u, 0x34ddc0dbu, 0xddc0db62u,
                                         0xc0db6295u, 0xdb629599u, 0x6295993cu, 0x95993c43u, 0x993c4390u, 0x3c439041u};

double eg_reduce_angle(float x, int* quadrant) {
  const uint32_t bits = eg_float_bits(x);
  const uint32_t size = bits & 0x7fffffffu;
  *quadrant = 0;
  if (size >= 0x7f800000u) return (double)(x - x); /* infinite or NaN: no angle */
  if (size < 0x3f490000u) return (double)x;        /* below pi/4, as far as the first 12 bits tell */
  if (size < 0x42f00000u) {                        /* below 120 */
    const double turns = (double)x * 0x1.45f306dc9c883p+23;
    const int32_t n = ((int32_t)turns + 0x800000) >> 24;
    *quadrant = n & 3;
    /* pi/2 in two parts whose products with n are exact: rounded once, as by a fused multiply-add. */
    return ((double)x - (double)n * 0x1.921fb54442dp0) - (double)n * 0x1.8p-48;
  }
  /* The product with 4/pi in 2.62 fixed point; bits above that are whole turns. */
  const uint32_t* digits = &kFourOverPi[bits >> 26 & 15];
  const uint32_t significand = ((bits & 0x00ffffffu) | 0x00800000u) << (bits >> 23 & 7);
  uint64_t angle = (uint64_t)(significand * digits[0]) << 32;
  angle |= (uint64_t)significand * digits[8] >> 32;
  angle += (uint64_t)significand * digits[4];
  const uint64_t n = (angle + (UINT64_C(1) << 61)) >> 62;
  angle -= n << 62;
  const double r = (double)(int64_t)angle * 0x1.921fb54442d18p-62;
  *quadrant = (int)(bits >> 31 ? 4 - n : n) & 3;
  return bits >> 31 ? -r : r;
}
