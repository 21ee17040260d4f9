/* CONV_2D and TRANSPOSE_CONV in int16 for MVE: four output channels at a time, sums of 64 bits. */
#ifndef EG_CONV_2D_S16_MVE_H
#define EG_CONV_2D_S16_MVE_H

#include "eg_conv_body_s16.h"

/* As eg_conv_2d_s16, eg_conv_2d_s16b32 and eg_transpose_conv_s16, with one group, dilation_w 1 and a multiple of eight
 * input channels. packed: weights [(O + 3) / 4][KH * KW * C / 8][4][8], zeros where a block has fewer channels. */
void eg_conv_2d_s16_mve(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                        const int16_t* input, const eg_dims* filter_dims, const int8_t* packed, const int64_t* bias,
                        const eg_dims* output_dims, int16_t* output);
void eg_conv_2d_s16b32_mve(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                           const int16_t* input, const eg_dims* filter_dims, const int8_t* packed, const int32_t* bias,
                           const eg_dims* output_dims, int16_t* output);
void eg_transpose_conv_s16_mve(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                               const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                               const int8_t* packed, const int64_t* bias, const eg_dims* output_dims, int16_t* output);

/* `at` and `count` are multiples of eight. */
eg_sums_function_s16 eg_dot_4_s16_mve;

#endif
