#ifndef EG_ARG_MAX_H
#define EG_ARG_MAX_H

#include "eg_common.h"

/* ARG_MAX and ARG_MIN: input [outer, depth, inner], output [outer, inner] holds indices along depth; of equal elements
 * the first counts. */
void eg_arg_max_s8(const int8_t* input, int32_t* output, int32_t outer, int32_t depth, int32_t inner);
void eg_arg_max_f32(const float* input, int32_t* output, int32_t outer, int32_t depth, int32_t inner);
void eg_arg_min_s8(const int8_t* input, int32_t* output, int32_t outer, int32_t depth, int32_t inner);
void eg_arg_min_f32(const float* input, int32_t* output, int32_t outer, int32_t depth, int32_t inner);

#endif
