#ifndef EG_ADD_S8_XTENSA_MAC16_H
#define EG_ADD_S8_XTENSA_MAC16_H

#include "eg_xtensa_mac16.h"

/* A sum in quarters, times multiplier / 2^32, plus rounding, shifted right by `right`. rounding: 1 + 2^(right - 1) +
 * (output_zero_point << right). */
typedef struct {
  int32_t multiplier;
  int32_t rounding;
  int32_t right;     /* at least 2 */
  int32_t is_signed; /* the second rounding of sums below zero can show */
} eg_add_mac16_params;

/* ADD and SUB of int8 tensors of one shape: `tables` holds four times what each byte of input1 contributes to the sum,
 * 256 values, then the same for input2. The output may be either input. count is not 0. */
void eg_add_s8_xtensa_mac16(const eg_add_mac16_params* params, int32_t count, const int32_t* tables,
                            const int8_t* input1, const int8_t* input2, int8_t* output);

#endif
