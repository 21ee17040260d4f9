#include "eg_div.h"
#include "eg_fixed_point.h"

EG_INLINE int32_t divide(int32_t numerator, int32_t denominator, const eg_div_params* p) {
  if (denominator == 0) return numerator == 0 ? 0 : (numerator > 0 ? INT16_MAX : INT16_MIN);
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  int exponent;
  const int32_t reciprocal = eg_reciprocal((uint32_t)denominator, 31, &exponent);
  const uint32_t magnitude = (uint32_t)(numerator < 0 ? ~numerator : numerator);
  const int headroom = eg_count_leading_zeros(magnitude) - 1;
  const int right = exponent + headroom - p->shift;
  const int32_t quotient = eg_doubling_high_mul(eg_wrap_mul(numerator, (int32_t)(1u << headroom)), reciprocal);
  const int32_t scaled = eg_doubling_high_mul(quotient, p->multiplier);
  return right > 31 ? 0 : eg_rounding_shift(scaled, right);
}

void eg_div_s8(const eg_div_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output) {
  const eg_div_params p = *params;
  EG_WALK_PAIRS(walk, int8_t, input1, input2, {
    const int32_t quotient = divide(*a + p.input1_offset, *b + p.input2_offset, &p);
    *output++ = (int8_t)eg_clamp(eg_wrap_add(quotient, p.output_offset), p.activation_min, p.activation_max);
  });
}
