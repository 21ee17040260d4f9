#ifndef EG_UNARY_H
#define EG_UNARY_H

#include "eg_common.h"

/* Functions of `count` elements. Output may start at the input or before it. */
void eg_abs_f32(const float* input, float* output, int32_t count);
void eg_neg_f32(const float* input, float* output, int32_t count);
void eg_square_f32(const float* input, float* output, int32_t count);
void eg_sqrt_f32(const float* input, float* output, int32_t count);
void eg_rsqrt_f32(const float* input, float* output, int32_t count);
void eg_ceil_f32(const float* input, float* output, int32_t count);
void eg_floor_f32(const float* input, float* output, int32_t count);
/* To the nearest whole number, halves to the even one. */
void eg_round_f32(const float* input, float* output, int32_t count);
void eg_sin_f32(const float* input, float* output, int32_t count);
void eg_cos_f32(const float* input, float* output, int32_t count);
void eg_log_f32(const float* input, float* output, int32_t count);
void eg_exp_f32(const float* input, float* output, int32_t count);

/* ABS, rescaled; `limit` stands for results above 32767. */
void eg_abs_s16(int32_t multiplier, int32_t shift, int32_t limit, const int16_t* input, int16_t* output, int32_t count);
/* RSQRT; the multiplier is for inverse roots with 20 bits of fraction. What has no root gives 32767. */
void eg_rsqrt_s16(int32_t multiplier, int32_t shift, const int16_t* input, int16_t* output, int32_t count);

#endif
