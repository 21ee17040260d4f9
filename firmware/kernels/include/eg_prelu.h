#ifndef EG_PRELU_H
#define EG_PRELU_H

#include "eg_walk.h"

typedef struct {
  int32_t input_offset; /* -zero_point */
  int32_t alpha_offset;
  int32_t output_offset;
  int32_t multiplier; /* for inputs of 0 and more: Q31 */
  int32_t shift;      /* > 0 shifts left */
  int32_t negative_multiplier;
  int32_t negative_shift;
} eg_prelu_params;

/* PRELU: the input where it is not negative, else alpha * input. Array 0 of the walk is the input, array 1 alpha. */
void eg_prelu_s8(const eg_prelu_params* params, const eg_walk* walk, const int8_t* input, const int8_t* alpha,
                 int8_t* output);
void eg_prelu_s16(const eg_prelu_params* params, const eg_walk* walk, const int16_t* input, const int8_t* alpha,
                  int16_t* output);
void eg_prelu_f32(const eg_walk* walk, const float* input, const float* alpha, float* output);

EG_INLINE int32_t eg_prelu(const eg_prelu_params* params, int32_t input, int32_t alpha) {
  const int32_t value = input + params->input_offset;
  const int32_t scaled = value >= 0 ? eg_requantize(value, params->multiplier, params->shift)
                                    : eg_requantize(value * (alpha + params->alpha_offset), params->negative_multiplier,
                                                    params->negative_shift);
  return eg_wrap_add(scaled, params->output_offset);
}

#endif
