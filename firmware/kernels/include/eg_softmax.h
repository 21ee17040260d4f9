/* SOFTMAX and LOG_SOFTMAX over rows [rows, depth]; the output may start at the input or before it if it has its type.
 */
#ifndef EG_SOFTMAX_H
#define EG_SOFTMAX_H

#include "eg_fixed_point.h"

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t table_size;
  const int32_t* exp_table; /* exp() in Q0.31 of the difference 0, -1, ... from the row's highest input */
} eg_softmax_params;

/* SOFTMAX in int8; differences beyond the table count as 0. The output's scale is 1/256. */
void eg_softmax_s8(const eg_softmax_params* params, const int8_t* input, int8_t* output);

/* The same with an int16 output of scale 1/65536. */
void eg_softmax_s8_s16(const eg_softmax_params* params, const int8_t* input, int16_t* output);

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t multiplier; /* of differences, to steps of 10/65535 */
  int32_t shift;
  const int16_t* exp_table;        /* exp() from -10 to 0 in Q0.15, 513 values */
  const int16_t* reciprocal_table; /* 1 / (1 + x) from 0 to 1 in Q0.15, 513 values */
} eg_softmax_int16_params;

/* SOFTMAX in int16, output in Q0.15. */
void eg_softmax_s16(const eg_softmax_int16_params* params, const int16_t* input, int16_t* output);

typedef struct {
  int32_t rows;
  int32_t depth;
  float beta;
} eg_softmax_float_params;

/* SOFTMAX in float32. Needs eg_expf. */
void eg_softmax_f32(const eg_softmax_float_params* params, const float* input, float* output);

/* LOG_SOFTMAX in float32; beta counts as 1. Needs eg_expf and eg_logf. */
void eg_log_softmax_f32(const eg_softmax_float_params* params, const float* input, float* output);

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t table_size;
  const int32_t* exp_table; /* as in eg_softmax_params */
  int32_t multiplier;       /* of differences, to Q5.26 */
  int32_t shift;
  int32_t difference_min;     /* least difference that counts */
  int32_t reverse_multiplier; /* from Q5.26 to differences */
  int32_t reverse_shift;
} eg_log_softmax_params;

/* LOG_SOFTMAX in int8, the output with scale 1/16 and zero point 127. */
void eg_log_softmax_s8(const eg_log_softmax_params* params, const int8_t* input, int8_t* output);

/* The highest element of a row. */
EG_INLINE int32_t eg_softmax_max(const int8_t* input, int32_t depth) {
  int32_t highest = -128;
  for (int32_t c = 0; c < depth; ++c) {
    if (input[c] > highest) highest = input[c];
  }
  return highest;
}

EG_INLINE float eg_softmax_max_f32(const float* input, int32_t depth) {
  float highest = -0x1.fffffep+127f;
  for (int32_t c = 0; c < depth; ++c) {
    if (input[c] > highest) highest = input[c];
  }
  return highest;
}

/* The sum of a row's exponentials, in Q12.19. */
EG_INLINE uint32_t eg_softmax_sum(const int32_t* exp_table, int32_t table_size, const int8_t* input, int32_t depth,
                                  int32_t highest) {
  uint32_t sum = 0;
  for (int32_t c = 0; c < depth; ++c) {
    const int32_t difference = highest - input[c];
    if (difference < table_size) sum += ((uint32_t)exp_table[difference] + (1u << 11)) >> 12;
  }
  return sum;
}

/* exponential * scale / 2^exponent, which is 0 for exponents above 31. */
EG_INLINE int32_t eg_softmax_scale(int32_t exponential, int32_t scale, int exponent) {
  return exponent > 31 ? 0 : eg_rounding_shift(eg_doubling_high_mul(exponential, scale), exponent);
}

#endif
