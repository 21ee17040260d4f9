#ifndef EG_ADD_N_H
#define EG_ADD_N_H

#include "eg_add.h"

/* ADD_N: the sum of `count` inputs with the same scale, element by element. Of params, input2 is not used. */
void eg_add_n_s8(const eg_add_params* params, const void* const* inputs, int32_t count, int8_t* output,
                 int32_t elements);
void eg_add_n_f32(const void* const* inputs, int32_t count, float* output, int32_t elements);

#endif
