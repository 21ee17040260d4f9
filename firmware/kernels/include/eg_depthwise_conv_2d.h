#ifndef EG_DEPTHWISE_CONV_2D_H
#define EG_DEPTHWISE_CONV_2D_H

#include "eg_conv_2d.h"

/* DEPTHWISE_CONV_2D, int8 input, filter and output, int32 bias (may be null), scaled per output channel.
 * input [N,H,W,C], filter [1,KH,KW,C*M], output [N,OH,OW,C*M]. Padding counts as the input's zero point. */
void eg_depthwise_conv_2d_s8(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                             const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                             const eg_dims* output_dims, int8_t* output);

/* As eg_depthwise_conv_2d_s8 with packed int4 filter values. */
void eg_depthwise_conv_2d_s4(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                             const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                             const eg_dims* output_dims, int8_t* output);

/* DEPTHWISE_CONV_2D, int16 input and output with zero points 0, int8 filter, 64-bit accumulators and bias (may be
 * null); `quant` holds Q15 multipliers. Layouts as in eg_depthwise_conv_2d_s8. */
void eg_depthwise_conv_2d_s16(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                              const int16_t* input, const eg_dims* filter_dims, const int8_t* filter,
                              const int64_t* bias, const eg_dims* output_dims, int16_t* output);

/* DEPTHWISE_CONV_2D in float. Layouts as in eg_depthwise_conv_2d_s8; padding counts as 0. */
void eg_depthwise_conv_2d_f32(const eg_conv_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                              const eg_dims* filter_dims, const float* filter, const float* bias,
                              const eg_dims* output_dims, float* output);

#endif
