#ifndef EG_SVDF_MVE_H
#define EG_SVDF_MVE_H

#include "eg_svdf.h"

/* As eg_svdf_s8 and eg_svdf_s16. */
void eg_svdf_s8_mve(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int8_t* time,
                    const int32_t* bias, int8_t* state, int8_t* output);
void eg_svdf_s16_mve(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int16_t* time,
                     const int32_t* bias, int16_t* state, int8_t* output);

#endif
