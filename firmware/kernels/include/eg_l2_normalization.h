#ifndef EG_L2_NORMALIZATION_H
#define EG_L2_NORMALIZATION_H

#include "eg_common.h"

/* L2_NORMALIZATION: `vectors` of `depth` elements, each divided by its length; int8 outputs have scale 1/128. */
void eg_l2_normalization_s8(int32_t zero_point, const int8_t* input, int8_t* output, int32_t vectors, int32_t depth);
void eg_l2_normalization_f32(const float* input, float* output, int32_t vectors, int32_t depth);

#endif
