#include "eg_div.h"

/* Rounds down; what is too large for int64_t has no fraction. */
EG_INLINE double floor_of(double value) {
  if (!(value > -4503599627370496.0 && value < 4503599627370496.0)) return value;
  const double whole = (double)(int64_t)value;
  if (whole > value) return whole - 1.0;
  return whole == 0.0 ? 0.0 * value : whole; /* keeps the sign of zero */
}

void eg_floor_div_f32(const eg_walk* walk, const float* input1, const float* input2, float* output) {
  EG_WALK_PAIRS(walk, float, input1, input2, *output++ = (float)floor_of((double)*a / (double)*b));
}
