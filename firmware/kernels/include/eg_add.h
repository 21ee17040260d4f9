#ifndef EG_ADD_H
#define EG_ADD_H

#include "eg_walk.h"

/* Multipliers are Q31; shifts are right shifts by -shift bits (shift <= 0). */
typedef struct {
  int32_t input1_offset;
  int32_t input1_multiplier;
  int32_t input1_shift;
  int32_t input2_offset;
  int32_t input2_multiplier;
  int32_t input2_shift;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} eg_add_params;

/* Fraction bits that the inputs get before they are scaled: with these, a difference of two values fits in 32 bits. */
enum { EG_ADD_SHIFT_S8 = 20, EG_ADD_SHIFT_S16 = 15 };

/* value * 2^left_shift * multiplier * 2^(shift - 31), shift <= 0. */
EG_INLINE int32_t eg_add_scale(int32_t value, int left_shift, int32_t multiplier, int32_t shift) {
  return eg_rounding_shift(eg_doubling_high_mul(value * (1 << left_shift), multiplier), -shift);
}

/* ADD and SUB of quantised tensors: both inputs are scaled to a common scale, the result to the output's. */
void eg_add_s8(const eg_add_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output);
void eg_add_s16(const eg_add_params* params, const eg_walk* walk, const int16_t* input1, const int16_t* input2,
                int16_t* output);
void eg_sub_s8(const eg_add_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output);
void eg_sub_s16(const eg_add_params* params, const eg_walk* walk, const int16_t* input1, const int16_t* input2,
                int16_t* output);

/* ADD and SUB, clamped to [activation_min, activation_max]; integers wrap around before that. */
void eg_add_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output);
void eg_sub_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output);
void eg_add_f32(float activation_min, float activation_max, const eg_walk* walk, const float* input1,
                const float* input2, float* output);
void eg_sub_f32(float activation_min, float activation_max, const eg_walk* walk, const float* input1,
                const float* input2, float* output);

#endif
