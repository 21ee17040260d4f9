#include "eg_softmax.h"

/* A function's value at `index`, in [-32768, 32767], between two of the 513 in the table. */
static int32_t interpolate(const int16_t* table, int32_t index) {
  const int16_t* base = table + 256 + (index >> 7);
  /* The slope wraps around to int16, as the reference does. */
  const int16_t slope = (int16_t)(base[1] - base[0]);
  return (int16_t)(base[0] + ((slope * (index & 127) + 64) >> 7));
}

void eg_softmax_s16(const eg_softmax_int16_params* params, const int16_t* input, int16_t* output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    int32_t highest = INT16_MIN;
    for (int32_t c = 0; c < params->depth; ++c) {
      if (input[c] > highest) highest = input[c];
    }
    uint32_t sum = 0; /* Q16.15 */
    for (int32_t c = 0; c < params->depth; ++c) {
      /* From -10 to 0 on 65536 steps. */
      const int32_t scaled = eg_requantize(input[c] - highest, params->multiplier, params->shift);
      const int32_t exponential =
          interpolate(params->exp_table, eg_clamp(eg_wrap_add(scaled, 32767), INT16_MIN, INT16_MAX));
      output[c] = (int16_t)exponential;
      sum += (uint32_t)exponential;
    }
    /* The sum as 1 + x with x in [0, 1), then 1 / (1 + x). */
    const int headroom = eg_count_leading_zeros(sum) - 1;
    const int32_t shifted = (int32_t)((((int64_t)sum << headroom) + (1 << 13)) >> 14);
    const int64_t reciprocal =
        interpolate(params->reciprocal_table, eg_clamp(shifted - (1 << 15) - (1 << 16), INT16_MIN, INT16_MAX));
    const int shift = 30 - headroom;
    for (int32_t c = 0; c < params->depth; ++c) {
      const int64_t result = (output[c] * reciprocal + (1 << (shift - 1))) >> shift;
      output[c] = (int16_t)eg_clamp((int32_t)result, 0, INT16_MAX);
    }
    input += params->depth;
    output += params->depth;
  }
}
