#ifndef EG_CONV_2D_H
#define EG_CONV_2D_H

#include "eg_common.h"

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h; /* rows of padding above */
  int32_t pad_w; /* columns of padding to the left */
  int32_t input_offset;
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} eg_conv_2d_params;

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h;
  int32_t pad_w;
  float activation_min;
  float activation_max;
} eg_conv_2d_f32_params;

/* The taps [first, end) of a window that lie inside an input of `size`, along one axis; tap 0 lies at `origin`. */
typedef struct {
  int32_t first;
  int32_t end;
} eg_taps;

EG_INLINE eg_taps eg_taps_inside(int32_t origin, int32_t window, int32_t dilation, int32_t size) {
  eg_taps taps = {0, window};
  if (origin < 0) taps.first = (dilation - 1 - origin) / dilation;
  if (origin + (window - 1) * dilation >= size)
    taps.end = origin < size ? (size - origin + dilation - 1) / dilation : 0;
  return taps;
}

/* CONV_2D, int8 input, filter and output, int32 bias (may be null), scaled per output channel.
 * input [N,H,W,C], filter [O,KH,KW,C/groups], output [N,OH,OW,O]. Padding counts as the input's zero point. */
void eg_conv_2d_s8(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                   const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                   const eg_dims* output_dims, int8_t* output);

/* As eg_conv_2d_s8 with packed int4 filter values. */
void eg_conv_2d_s4(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                   const int8_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                   const eg_dims* output_dims, int8_t* output);

/* CONV_2D, int16 input and output with zero points 0, int8 filter, 64-bit accumulators and bias (may be null);
 * `quant` holds Q15 multipliers. Layouts as in eg_conv_2d_s8. */
void eg_conv_2d_s16(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                    const int16_t* input, const eg_dims* filter_dims, const int8_t* filter, const int64_t* bias,
                    const eg_dims* output_dims, int16_t* output);

/* As eg_conv_2d_s16 with 32-bit accumulators and bias; `quant` holds Q31 multipliers. */
void eg_conv_2d_s16b32(const eg_conv_2d_params* params, const eg_channel_quant* quant, const eg_dims* input_dims,
                       const int16_t* input, const eg_dims* filter_dims, const int8_t* filter, const int32_t* bias,
                       const eg_dims* output_dims, int16_t* output);

/* CONV_2D in float. Layouts as in eg_conv_2d_s8; padding counts as 0. */
void eg_conv_2d_f32(const eg_conv_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                    const eg_dims* filter_dims, const float* filter, const float* bias, const eg_dims* output_dims,
                    float* output);

#endif
