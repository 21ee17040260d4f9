#ifndef EG_MUL_S8_MVE_H
#define EG_MUL_S8_MVE_H

#include "eg_maximum.h"
#include "eg_mul.h"

/* As eg_mul_s8 with shift < 0; a row of the walk steps through both inputs, or through one and repeats the other. */
void eg_mul_s8_mve(const eg_mul_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                   int8_t* output);

/* As eg_maximum_s8 and eg_minimum_s8, for such walks. */
void eg_maximum_s8_mve(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output);
void eg_minimum_s8_mve(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output);

#endif
