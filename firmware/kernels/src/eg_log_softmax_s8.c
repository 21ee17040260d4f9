#include "eg_softmax.h"

static int32_t shift_left_saturated(int32_t value, int exponent) {
  const int64_t shifted = (int64_t)value * (1 << exponent);
  return shifted > INT32_MAX ? INT32_MAX : (shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted);
}

static int32_t multiply(int32_t a, int32_t b) { return eg_doubling_high_mul(a, b); }

/* log(x) in Q5.26 for x >= 1 in Q12.19: the power of two nearest to x times 2^0.25, in quarters, and a rational
 * function of what remains of it, which lies in [2^-0.75, 2^-0.25] and is taken relative to 2^-0.25 (1805811301). */
static int32_t log_of_sum(int32_t x) {
  const int32_t root_of_half = 1518500250;
  const int32_t center = 1805811301;
  const int zeros = eg_count_leading_zeros((uint32_t)x);
  const int32_t rest_a = shift_left_saturated(multiply((int32_t)((uint32_t)x << (zeros - 1)), root_of_half), 1);
  const int32_t power_a = (12 - zeros) * (1 << 25) + (1 << 23); /* Q6.25, a quarter is 2^23 */
  const int zeros_b = eg_count_leading_zeros((uint32_t)multiply(x, root_of_half)) - 1;
  const int32_t rest_b = shift_left_saturated(x, zeros_b);
  const int32_t power_b = (12 - zeros_b) * (1 << 25) - (1 << 23);
  const int32_t rest = rest_a < rest_b ? rest_a : rest_b;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t half_sum = (int32_t)(((int64_t)rest + center + 1) / 2);
  const int32_t q = 2 * (rest - center);
  const int32_t square = multiply(q, q);
  const int32_t numerator = multiply(q, rest) + multiply(multiply(q, square), 117049297);
  const int32_t denominator = multiply(half_sum, 1057819769 + q + multiply(127690142, square)) + multiply(638450708, q);
  const int32_t quotient = multiply(eg_rounding_shift(numerator, 6), eg_one_over_one_plus_x(denominator));
  return shift_left_saturated(multiply(power, 1488522236) + quotient, 1);
}

void eg_log_softmax_s8(const eg_log_softmax_params* params, const int8_t* input, int8_t* output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const int32_t highest = eg_softmax_max(input, params->depth);
    const uint32_t sum = eg_softmax_sum(params->exp_table, params->table_size, input, params->depth, highest);
    const int32_t log_sum = log_of_sum(sum > INT32_MAX ? INT32_MAX : (int32_t)sum);
    /* The least difference whose result can be represented. */
    const int32_t limit =
        eg_requantize(eg_wrap_add(log_sum, INT32_MIN), params->reverse_multiplier, params->reverse_shift);
    const int32_t least = limit > params->difference_min - 1 ? limit : params->difference_min - 1;
    for (int32_t c = 0; c < params->depth; ++c) {
      const int32_t difference = input[c] - highest;
      int32_t result = INT8_MIN;
      if (difference > least) {
        const int32_t scaled = eg_requantize(difference, params->multiplier, params->shift);
        result = eg_clamp(eg_rounding_shift(eg_wrap_add(scaled, -log_sum), 22) + INT8_MAX, INT8_MIN, INT8_MAX);
      }
      output[c] = (int8_t)result;
    }
    input += params->depth;
    output += params->depth;
  }
}
