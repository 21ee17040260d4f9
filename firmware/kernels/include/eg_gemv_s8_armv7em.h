/* Products of int8 weights with one row of inputs, two channels in one word, for Armv7E-M's SMLAD. */
#ifndef EG_GEMV_S8_ARMV7EM_H
#define EG_GEMV_S8_ARMV7EM_H

#include "eg_dsp_armv7em.h"

/* Output channels of one row, in `groups` of four: A, B, C, D, saturated to int8.
 *
 * `packed` begins with multiplier (Q31), rounding and shift of all channels and a word that isn't used. Then it holds
 * for each group: 256 * bias A + bias B, the same of C and D, bias B, bias D; for each four inputs four words with
 * lanes 256 * A + B for inputs (0, 2) and (1, 3), then 256 * C + D. Sums must stay below 2^23. The forms of
 * requantisation, relu or not, are told in requantize.py of edgegen's lowering. `steps` is the number of four inputs,
 * at least 1.
 *
 * inputs: widened to int16, two words of lanes (0, 2) and (1, 3) for each four; in the _raw form int8.
 */
void eg_gemv_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps, int32_t groups);
void eg_gemv_relu_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps, int32_t groups);
void eg_gemv_raw_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps, int32_t groups);
void eg_gemv_raw_relu_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps,
                                 int32_t groups);

/* With constants of its own for each channel, in the linear form. `packed` begins with four words that aren't used;
 * behind the weights of each group are multiplier, rounding and shift of A, B, C and D. */
void eg_gemv_channels_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps,
                                 int32_t groups);
void eg_gemv_raw_channels_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps,
                                     int32_t groups);

/* The same for sums below 2^30: each group begins with the biases of A, C, B, D, then has four words of int8 weights
 * for each four inputs, of A, B, C, D. */
void eg_gemv_wide_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps, int32_t groups);
void eg_gemv_raw_wide_s8_armv7em(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps,
                                 int32_t groups);

#endif
