#ifndef EG_ADD_S8_MVE_H
#define EG_ADD_S8_MVE_H

#include "eg_common.h"

typedef struct {
  int32_t multiplier1;
  int32_t multiplier2;
  int32_t offset;
  int32_t shift;
} eg_add_mve_params;

/* (input1 * multiplier1 + input2 * multiplier2 + offset) / 2^shift, rounded down and saturated; sums stay within 32
 * bits. With constants that were found equal for every pair of inputs, this is ADD of int8. The output may start at an
 * input, or before it. */
void eg_add_s8_mve(const eg_add_mve_params* params, int32_t count, const int8_t* input1, const int8_t* input2,
                   int8_t* output);

#endif
