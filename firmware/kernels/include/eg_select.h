#ifndef EG_SELECT_H
#define EG_SELECT_H

#include "eg_walk.h"

/* SELECT_V2: input1 where the condition is true, else input2. */
void eg_select_v2_s8(const eg_walk* walk, const bool* condition, const int8_t* input1, const int8_t* input2,
                     int8_t* output);
void eg_select_v2_s16(const eg_walk* walk, const bool* condition, const int16_t* input1, const int16_t* input2,
                      int16_t* output);
void eg_select_v2_f32(const eg_walk* walk, const bool* condition, const float* input1, const float* input2,
                      float* output);

#endif
