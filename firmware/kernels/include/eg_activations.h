/* Elementwise functions of one tensor; the output may start at the input or before it. */
#ifndef EG_ACTIVATIONS_H
#define EG_ACTIVATIONS_H

#include "eg_common.h"

typedef struct {
  int32_t input_offset; /* -zero_point of the input */
  int32_t output_offset;
  int32_t multiplier; /* for inputs of 0 and more: Q31 */
  int32_t shift;      /* > 0 shifts left */
  int32_t negative_multiplier;
  int32_t negative_shift;
  int32_t negative_sign; /* 1 or -1 */
} eg_leaky_relu_params;

typedef struct {
  float alpha;
} eg_leaky_relu_float_params;

typedef struct {
  int32_t activation_min;
  int32_t activation_max;
} eg_relu6_params;

/* LEAKY_RELU, and RELU with a negative_multiplier of 0. */
void eg_leaky_relu_s16(const eg_leaky_relu_params* params, const int16_t* input, int16_t* output, int32_t count);
void eg_leaky_relu_f32(const eg_leaky_relu_float_params* params, const float* input, float* output, int32_t count);

/* RELU. */
void eg_relu_f32(const float* input, float* output, int32_t count);

/* RELU6: input and output have one scale. */
void eg_relu6_s8(const eg_relu6_params* params, const int8_t* input, int8_t* output, int32_t count);
void eg_relu6_s16(const eg_relu6_params* params, const int16_t* input, int16_t* output, int32_t count);
void eg_relu6_f32(const float* input, float* output, int32_t count);

/* HARD_SWISH: x * relu6(x + 3) / 6. */
void eg_hard_swish_f32(const float* input, float* output, int32_t count);

typedef struct {
  int32_t multiplier;    /* of the input, to steps of 1 / (3 * 4096) */
  int32_t shift;         /* to the right, rounding */
  const uint16_t* table; /* 65536 / (1 + exp(-i / 24)) for i = 0 to 255 */
} eg_sigmoid_params;

/* LOGISTIC in int16, output in Q0.15: linear interpolation between the table's values. */
void eg_logistic_s16(const eg_sigmoid_params* params, const int16_t* input, int16_t* output, int32_t count);

/* TANH in int16, output in Q0.15: 2 * logistic(2x) - 1. */
void eg_tanh_s16(const eg_sigmoid_params* params, const int16_t* input, int16_t* output, int32_t count);

/* LOGISTIC in float32: 1 beyond 16.6, exp(x) below -9, 1 / (1 + exp(-x)) in between. Needs eg_expf. */
void eg_logistic_f32(const float* input, float* output, int32_t count);

/* TANH in float32. Needs eg_tanhf. */
void eg_tanh_f32(const float* input, float* output, int32_t count);

/* ELU in float32: exp(x) - 1 for negative x. Needs eg_expm1f. */
void eg_elu_f32(const float* input, float* output, int32_t count);

#endif
