#ifndef EG_MAXIMUM_H
#define EG_MAXIMUM_H

#include "eg_walk.h"

/* MAXIMUM and MINIMUM; where an element is NaN, the second input's. */
void eg_maximum_s8(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output);
void eg_maximum_s16(const eg_walk* walk, const int16_t* input1, const int16_t* input2, int16_t* output);
void eg_maximum_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, int32_t* output);
void eg_maximum_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, int64_t* output);
void eg_maximum_f32(const eg_walk* walk, const float* input1, const float* input2, float* output);
void eg_minimum_s8(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output);
void eg_minimum_s16(const eg_walk* walk, const int16_t* input1, const int16_t* input2, int16_t* output);
void eg_minimum_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, int32_t* output);
void eg_minimum_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, int64_t* output);
void eg_minimum_f32(const eg_walk* walk, const float* input1, const float* input2, float* output);

#endif
