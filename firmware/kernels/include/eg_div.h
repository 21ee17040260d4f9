#ifndef EG_DIV_H
#define EG_DIV_H

#include "eg_walk.h"

typedef struct {
  int32_t input1_offset;
  int32_t input2_offset;
  int32_t multiplier; /* Q31 */
  int32_t shift;      /* <= 23, > 0 shifts left */
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} eg_div_params;

/* DIV of quantised tensors. What is divided by zero is the largest or smallest value, 0 / 0 is the zero point. */
void eg_div_s8(const eg_div_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output);

/* DIV, towards zero, clamped to [activation_min, activation_max]. Dividing by zero gives 0, INT32_MIN / -1 wraps. */
void eg_div_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output);
void eg_div_f32(float activation_min, float activation_max, const eg_walk* walk, const float* input1,
                const float* input2, float* output);

/* FLOOR_DIV: the quotient in double precision, rounded down. */
void eg_floor_div_f32(const eg_walk* walk, const float* input1, const float* input2, float* output);
/* FLOOR_MOD: the remainder, with the divisor's sign. */
void eg_floor_mod_f32(const eg_walk* walk, const float* input1, const float* input2, float* output);

#endif
