/* CONV_2D and FULLY_CONNECTED in int8 for Armv6-M: columns of two pixels in one word, times every channel. */
#ifndef EG_CONV_2D_S8_ARMV6M_H
#define EG_CONV_2D_S8_ARMV6M_H

#include "eg_gemm_s8_armv6m.h"

typedef struct {
  int32_t input_h;
  int32_t input_w;
  int32_t input_c;
  int32_t filter_h;
  int32_t filter_w;
  int32_t output_h;
  int32_t output_w;
  int32_t output_c;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h;
  int32_t pad_w;
  int32_t depth; /* filter_h * filter_w * input_c */
  eg_activation_armv6m activation;
  int32_t has_relu_quant; /* the constants are of eg_relu_quant_armv6m */
} eg_conv_2d_armv6m_params;

/* Puts `count` values of two pixels as a + 65536 * b into `to`; returns its end. */
EG_INLINE uint32_t* eg_pair_pixels_armv6m(const int8_t* a, const int8_t* b, int32_t count, uint32_t* to) {
  uint32_t* const end = to + count;
  while (to != end) *to++ = (uint32_t)*a++ + ((uint32_t)*b++ << 16);
  return to;
}

/* From the words of inputs, which lie at the end of the columns, to the columns of eg_gemm_2x3_s8_armv6m. */
void eg_finish_columns_armv6m(uint32_t* columns, int32_t groups);

/* All channels of two pixels whose columns are ready; the second is not written where `count` is 1.
 * `packed`: for each three channels the constants of eg_gemm_2x3_s8_armv6m, then for each channel its bias, and an
 * eg_quant_armv6m or eg_relu_quant_armv6m with bias - 32768 * splits. */
void eg_channels_2_armv6m(const eg_conv_2d_armv6m_params* p, const uint32_t* columns, const uint32_t* packed,
                          int8_t* output, int32_t count);

/* 1x1, stride 1, no padding: `pixels` independent rows of input_c values. `reverse`: last pixels first.
 * scratch: 28 bytes for each four inputs, their number rounded up. */
void eg_conv_1x1_s8_armv6m(const eg_conv_2d_armv6m_params* p, int32_t pixels, const int8_t* input,
                           const uint32_t* packed, int8_t* output, void* scratch, int32_t reverse);

/* Any window, one batch; `zeros` are input_c times the input's zero point. scratch as for eg_conv_1x1_s8_armv6m. */
void eg_conv_kxk_s8_armv6m(const eg_conv_2d_armv6m_params* p, const int8_t* input, const int8_t* zeros,
                           const uint32_t* packed, int8_t* output, void* scratch);

/* `pixels` rows of input_c values, one after the other. weights: for each four channels bytes 128 + weight
 * [input_c][4], channels being filled up with zeros, as is `quant`. */
void eg_fully_connected_s8_armv6m(const eg_conv_2d_armv6m_params* p, int32_t pixels, const int8_t* input,
                                  const uint8_t* weights, const eg_quant_armv6m* quant, int8_t* output);

#endif
