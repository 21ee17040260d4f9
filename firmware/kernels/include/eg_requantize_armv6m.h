/* Requantisation for Armv6-M, which multiplies 32 by 32 bits to the low 32 only. */
#ifndef EG_REQUANTIZE_ARMV6M_H
#define EG_REQUANTIZE_ARMV6M_H

#include "eg_common.h"

/* For one output channel: `bias` for products with the raw input, Q31 multiplier,
 * rounding = 1 + (1 << (shift - 1)) + (output zero point << shift), shift in [2, 21]:
 * result = (high word of 4 * sum * multiplier + rounding) >> shift, ties away from zero. */
typedef struct {
  int32_t bias;
  int32_t multiplier;
  int32_t rounding;
  int32_t shift;
} eg_quant_armv6m;

typedef struct {
  int32_t low; /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low`: sums up to 0 give `low` */
} eg_activation_armv6m;

/* The same where the output's zero point and activation are those of a RELU in front of [-128, 127], and edgegen has
 * proved that a multiplier cut to 12 fraction bits gives the same outputs: for 0 < sum, limited to `highest`,
 * result = (sum * whole + (sum * fraction >> 12) + rounding) >> 23, the output's zero point being part of rounding. */
typedef struct {
  int32_t bias;
  int32_t highest;
  int32_t whole;
  int32_t fraction;
  int32_t rounding;
} eg_relu_quant_armv6m;

/* For assembly, with `rounding` in lr: `acc` to the result; the others are low registers. */
/* clang-format off */
#define EG_RELU_ARMV6M(acc, highest, whole, fraction, spare) \
  "cmp " acc ", #0\n" \
  "bgt 61f\n" \
  "movs " acc ", #128\n" \
  "b 63f\n" \
  "61:\n" \
  "cmp " acc ", " highest "\n" \
  "ble 62f\n" \
  "mov " acc ", " highest "\n" \
  "62:\n" \
  "movs " spare ", " acc "\n" \
  "muls " spare ", " fraction ", " spare "\n" \
  "lsrs " spare ", " spare ", #12\n" \
  "muls " acc ", " whole ", " acc "\n" \
  "adds " acc ", " acc ", " spare "\n" \
  "add " acc ", lr\n" \
  "asrs " acc ", " acc ", #23\n" \
  "63:\n"

/* clang-format on */

/* The high 32 bits of a * b, b not negative: four products of 16-bit halves. */
EG_INLINE int32_t eg_high_mul_armv6m(int32_t a, int32_t b) {
  const int32_t a_high = a >> 16, b_high = b >> 16;
  const uint32_t a_low = (uint32_t)a & 0xFFFF, b_low = (uint32_t)b & 0xFFFF;
  const int32_t middle = a_high * (int32_t)b_low + (int32_t)(a_low * b_low >> 16);
  const int32_t other = (int32_t)a_low * b_high + (int32_t)((uint32_t)middle & 0xFFFF);
  return a_high * b_high + (middle >> 16) + (other >> 16);
}

/* What eg_requantize, the output's zero point and the activation give. |acc| < 2^29. */
EG_INLINE int8_t eg_requantize_armv6m(int32_t acc, const eg_quant_armv6m* q, const eg_activation_armv6m* activation) {
  if (activation->is_relu && acc <= 0) return (int8_t)activation->low;
  int32_t result = eg_high_mul_armv6m((int32_t)((uint32_t)acc << 2), q->multiplier) + q->rounding;
  if (acc < 0) result -= 2;
  result >>= q->shift;
  return (int8_t)eg_clamp(result, activation->low, activation->high);
}

#endif
