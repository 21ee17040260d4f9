/* Products of int8 weights with pixels widened to int16, two channels in one word, for Armv7E-M's SMLAD. */
#ifndef EG_GEMM_S8_ARMV7EM_H
#define EG_GEMM_S8_ARMV7EM_H

#include "eg_common.h"

/* Output channels of three pixels, written to `outputs`, saturated to int8.
 *
 * `pixels` holds, for each four inputs, six words: inputs (0, 2) of the three pixels as int16 lanes, then inputs (1,
 * 3). `packed` holds for each pair of channels A, B: 256 * bias A + bias B, and bias B; two words for each four inputs,
 * lanes 256 * A + B in the same order; multipliers (Q31) of A and B, roundings, right shifts. `steps` is the number of
 * four inputs, at least 1; `pairs` counts channels in pairs, at least 1. Sums must stay below 2^23. The forms of
 * requantisation are told in requantize.py of edgegen's lowering. */
void eg_gemm_3x2_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3], int32_t steps,
                            int32_t pairs);
void eg_gemm_3x2_relu_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3], int32_t steps,
                                 int32_t pairs);

/* The relu form with one right shift, named in the function, for all channels. `packed` begins with a constant of all
 * channels. It holds no shifts, and of the roundings what they exceed that constant by: A's in the low half of a word,
 * B's in the high one. */
void eg_gemm_3x2_relu_shift10_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3],
                                         int32_t steps, int32_t pairs);
void eg_gemm_3x2_relu_shift12_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3],
                                         int32_t steps, int32_t pairs);
void eg_gemm_3x2_relu_shift14_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3],
                                         int32_t steps, int32_t pairs);
void eg_gemm_3x2_relu_shift16_s8_armv7em(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3],
                                         int32_t steps, int32_t pairs);

typedef void (*eg_gemm_3x2_armv7em)(const int32_t* pixels, const int32_t* packed, int8_t* const outputs[3],
                                    int32_t steps, int32_t pairs);

/* The one channel of the last pair that an odd number of channels leaves: `packed` is the pair's. */
void eg_gemm_last_s8_armv7em(eg_gemm_3x2_armv7em gemm, const int32_t* pixels, const int32_t* packed,
                             int8_t* const outputs[3], int32_t steps, int32_t channel);

#endif
