#ifndef EG_TRANSPOSE_CONV_H
#define EG_TRANSPOSE_CONV_H

#include "eg_common.h"

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t pad_h; /* rows cut off above */
  int32_t pad_w; /* columns cut off to the left */
  int32_t input_offset;
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} eg_transpose_conv_params;

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t pad_h;
  int32_t pad_w;
  float activation_min;
  float activation_max;
} eg_transpose_conv_f32_params;

/* The input indices [first, end) that reach output index `at` - pad through a window, along one axis. */
typedef struct {
  int32_t first;
  int32_t end;
} eg_transpose_conv_reach;

EG_INLINE eg_transpose_conv_reach eg_transpose_conv_inputs(int32_t at, int32_t window, int32_t stride, int32_t size) {
  const int32_t before = at - window + 1;
  eg_transpose_conv_reach reach = {before <= 0 ? 0 : (before + stride - 1) / stride, at < 0 ? 0 : at / stride + 1};
  if (reach.end > size) reach.end = size;
  return reach;
}

/* TRANSPOSE_CONV, int8 input, filter and output, int32 bias (may be null), scaled per output channel.
 * input [N,H,W,C], filter [O,KH,KW,C], output [N,OH,OW,O]. Each output gathers what the inputs add to it. */
void eg_transpose_conv_s8(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                          const eg_dims* input_dims, const int8_t* input, const eg_dims* filter_dims,
                          const int8_t* filter, const int32_t* bias, const eg_dims* output_dims, int8_t* output);

/* TRANSPOSE_CONV, int16 input and output with zero points 0, int8 filter, 64-bit accumulators and bias (may be null);
 * `quant` holds Q15 multipliers. Layouts as in eg_transpose_conv_s8. */
void eg_transpose_conv_s16(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                           const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                           const int8_t* filter, const int64_t* bias, const eg_dims* output_dims, int16_t* output);

/* TRANSPOSE_CONV in float. Layouts as in eg_transpose_conv_s8. */
void eg_transpose_conv_f32(const eg_transpose_conv_f32_params* params, const eg_dims* input_dims, const float* input,
                           const eg_dims* filter_dims, const float* filter, const float* bias,
                           const eg_dims* output_dims, float* output);

#endif
