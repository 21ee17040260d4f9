#ifndef EG_SQUARED_DIFFERENCE_H
#define EG_SQUARED_DIFFERENCE_H

#include "eg_add.h"

/* SQUARED_DIFFERENCE of quantised tensors: as eg_sub_s8, but the difference is squared before it is scaled; there
 * output_shift > 0 shifts left. The int16 inputs have no offset. */
void eg_squared_difference_s8(const eg_add_params* params, const eg_walk* walk, const int8_t* input1,
                              const int8_t* input2, int8_t* output);
void eg_squared_difference_s16(const eg_add_params* params, const eg_walk* walk, const int16_t* input1,
                               const int16_t* input2, int16_t* output);

/* SQUARED_DIFFERENCE; integers wrap around. */
void eg_squared_difference_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, int32_t* output);
void eg_squared_difference_f32(const eg_walk* walk, const float* input1, const float* input2, float* output);

#endif
