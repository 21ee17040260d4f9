#ifndef EG_MUL_H
#define EG_MUL_H

#include "eg_walk.h"

typedef struct {
  int32_t input1_offset;
  int32_t input2_offset;
  int32_t multiplier; /* Q31 */
  int32_t shift;      /* > 0 shifts left */
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} eg_mul_params;

/* MUL of quantised tensors. */
void eg_mul_s8(const eg_mul_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
               int8_t* output);
void eg_mul_s16(const eg_mul_params* params, const eg_walk* walk, const int16_t* input1, const int16_t* input2,
                int16_t* output);

/* MUL, clamped to [activation_min, activation_max]; integers wrap around before that. */
void eg_mul_s32(int32_t activation_min, int32_t activation_max, const eg_walk* walk, const int32_t* input1,
                const int32_t* input2, int32_t* output);
void eg_mul_f32(float activation_min, float activation_max, const eg_walk* walk, const float* input1,
                const float* input2, float* output);

#endif
