#ifndef EG_CAST_H
#define EG_CAST_H

#include "eg_common.h"

/* CAST, widening, to float and from float. From float fractions are dropped. */
void eg_cast_s8_s16(const int8_t* input, int16_t* output, int32_t count);
void eg_cast_s8_s32(const int8_t* input, int32_t* output, int32_t count);
void eg_cast_s16_s32(const int16_t* input, int32_t* output, int32_t count);
void eg_cast_bool_s16(const bool* input, int16_t* output, int32_t count);
void eg_cast_bool_s32(const bool* input, int32_t* output, int32_t count);
void eg_cast_s8_f32(const int8_t* input, float* output, int32_t count);
void eg_cast_s16_f32(const int16_t* input, float* output, int32_t count);
void eg_cast_s32_f32(const int32_t* input, float* output, int32_t count);
void eg_cast_u32_f32(const uint32_t* input, float* output, int32_t count);
void eg_cast_bool_f32(const bool* input, float* output, int32_t count);
void eg_cast_f32_s8(const float* input, int8_t* output, int32_t count);
void eg_cast_f32_s16(const float* input, int16_t* output, int32_t count);
void eg_cast_f32_s32(const float* input, int32_t* output, int32_t count);
void eg_cast_f32_u32(const float* input, uint32_t* output, int32_t count);
void eg_cast_s8_u32(const int8_t* input, uint32_t* output, int32_t count);
void eg_cast_s16_u32(const int16_t* input, uint32_t* output, int32_t count);
void eg_cast_bool_u32(const bool* input, uint32_t* output, int32_t count);
void eg_cast_s8_bool(const int8_t* input, bool* output, int32_t count);
void eg_cast_s16_bool(const int16_t* input, bool* output, int32_t count);
void eg_cast_s32_bool(const int32_t* input, bool* output, int32_t count);
void eg_cast_u32_bool(const uint32_t* input, bool* output, int32_t count);
void eg_cast_f32_bool(const float* input, bool* output, int32_t count);

/* The whole part, saturated; NaN becomes 0. */
EG_INLINE int32_t eg_float_to_int32(float value, int32_t low, int32_t high) {
  if (value != value) return 0;
  if (value >= (float)high) return high;
  return value <= (float)low ? low : (int32_t)value;
}

EG_INLINE uint32_t eg_float_to_uint32(float value) {
  if (!(value > 0.0f)) return 0;
  return value >= 4294967296.0f ? UINT32_MAX : (uint32_t)value;
}

#endif
