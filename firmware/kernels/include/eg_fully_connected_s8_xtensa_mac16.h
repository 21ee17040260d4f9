/* FULLY_CONNECTED of one row in int8 for Xtensa LX6, with little working memory: a part of the input at a time. */
#ifndef EG_FULLY_CONNECTED_S8_XTENSA_MAC16_H
#define EG_FULLY_CONNECTED_S8_XTENSA_MAC16_H

#include "eg_xtensa_mac16.h"

typedef struct {
  int32_t depth; /* of the input: a multiple of 4 */
  int32_t outputs;
  int32_t chunk;     /* values of the input that are widened at a time: a multiple of 4 */
  int32_t group;     /* outputs whose sums are kept meanwhile */
  int32_t is_signed; /* sums below zero are rounded as eg_requantize does for right shifts of at least 1 */
} eg_fully_connected_mac16_params;

/* `weights`: for each group of outputs, for each chunk, the chunk's weights of each output, 16 bits, in words order
 * (eg_xtensa_mac16.h), and one word. `quant`: bias, multiplier, rounding and right of each output, as in
 * eg_gemm_s8_xtensa_mac16.h. scratch: 2 * chunk + 8 + 4 * group bytes. */
void eg_fully_connected_s8_xtensa_mac16(const eg_fully_connected_mac16_params* params, const int8_t* input,
                                        const int16_t* weights, const int32_t* quant, int8_t* output, void* scratch);

/* The same with weights of 8 bits, as they are. */
void eg_fully_connected_narrow_s8_xtensa_mac16(const eg_fully_connected_mac16_params* params, const int8_t* input,
                                               const int8_t* weights, const int32_t* quant, int8_t* output,
                                               void* scratch);

/* The same as the first for large sums: `quant` as for eg_gemm_deep_s8_xtensa_mac16. chunk: at most 256. */
void eg_fully_connected_deep_s8_xtensa_mac16(const eg_fully_connected_mac16_params* params, const int8_t* input,
                                             const int16_t* weights, const int32_t* quant, int8_t* output,
                                             void* scratch);

#endif
