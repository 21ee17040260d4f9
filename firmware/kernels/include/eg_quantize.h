#ifndef EG_QUANTIZE_H
#define EG_QUANTIZE_H

#include "eg_common.h"

/* From one scale to another: output = requantize(input + input_offset) + output_offset. */
typedef struct {
  int32_t input_offset; /* -zero_point of the input */
  int32_t multiplier;   /* Q31 */
  int32_t shift;        /* > 0 shifts left */
  int32_t output_offset;
} eg_quantize_params;

typedef struct {
  float scale;
  int32_t zero_point;
} eg_quantize_float_params;

typedef struct {
  float scale;
  int32_t zero_point;
} eg_dequantize_params;

/* The nearest integer, halves away from zero. What exceeds 2^20 saturates there, NaN too: beyond any quantised type,
 * and safe to add a zero point to. */
EG_INLINE int32_t eg_round_float(float value) {
  const float limit = 1048576.0f;
  const float bounded = value < limit ? (value > -limit ? value : -limit) : limit;
  const int32_t whole = (int32_t)bounded;
  const float rest = bounded - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

/* QUANTIZE of integers. The sums wrap around; the result is clamped to the output's type. */
void eg_quantize_s8_s8(const eg_quantize_params* params, const int8_t* input, int8_t* output, int32_t count);
void eg_quantize_s8_s16(const eg_quantize_params* params, const int8_t* input, int16_t* output, int32_t count);
void eg_quantize_s8_s32(const eg_quantize_params* params, const int8_t* input, int32_t* output, int32_t count);
void eg_quantize_s16_s8(const eg_quantize_params* params, const int16_t* input, int8_t* output, int32_t count);
void eg_quantize_s16_s16(const eg_quantize_params* params, const int16_t* input, int16_t* output, int32_t count);
void eg_quantize_s16_s32(const eg_quantize_params* params, const int16_t* input, int32_t* output, int32_t count);
void eg_quantize_s32_s8(const eg_quantize_params* params, const int32_t* input, int8_t* output, int32_t count);
void eg_quantize_s32_s16(const eg_quantize_params* params, const int32_t* input, int16_t* output, int32_t count);

/* QUANTIZE of float32: round(input / scale) + zero_point, clamped to the output's type. */
void eg_quantize_f32_s8(const eg_quantize_float_params* params, const float* input, int8_t* output, int32_t count);
void eg_quantize_f32_s16(const eg_quantize_float_params* params, const float* input, int16_t* output, int32_t count);

/* DEQUANTIZE: scale * (input - zero_point). */
void eg_dequantize_s8(const eg_dequantize_params* params, const int8_t* input, float* output, int32_t count);
void eg_dequantize_s16(const eg_dequantize_params* params, const int16_t* input, float* output, int32_t count);
void eg_dequantize_u8(const eg_dequantize_params* params, const uint8_t* input, float* output, int32_t count);

#endif
