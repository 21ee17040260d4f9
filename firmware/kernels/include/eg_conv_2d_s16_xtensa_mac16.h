/* CONV_2D and TRANSPOSE_CONV in int16 for Xtensa LX6: one MAC16 instruction for a product, no copies. */
#ifndef EG_CONV_2D_S16_XTENSA_MAC16_H
#define EG_CONV_2D_S16_XTENSA_MAC16_H

#include "eg_conv_body_s16.h"
#include "eg_xtensa_mac16.h"

/* As eg_conv_2d_s16, eg_conv_2d_s16b32 and eg_transpose_conv_s16, with one group, dilation_w 1 and an even number
 * of input channels. Any part of a channel's products must sum up to less than 2^39. packed: weights [O][KH][KW][C],
 * two zeros behind them. Input and weights are at multiples of four bytes; two values behind the input are read. */
void eg_conv_2d_s16_xtensa_mac16(const eg_conv_2d_params* params, const eg_channel_quant* quant,
                                 const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                                 const int16_t* packed, const int64_t* bias, const eg_dims* output_dims,
                                 int16_t* output);
void eg_conv_2d_s16b32_xtensa_mac16(const eg_conv_2d_params* params, const eg_channel_quant* quant,
                                    const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                                    const int16_t* packed, const int32_t* bias, const eg_dims* output_dims,
                                    int16_t* output);
void eg_transpose_conv_s16_xtensa_mac16(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                                        const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                                        const int16_t* packed, const int64_t* bias, const eg_dims* output_dims,
                                        int16_t* output);

eg_sums_function_s16 eg_dot_s16_xtensa_mac16;

#endif
