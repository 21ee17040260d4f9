/* CONV_2D and FULLY_CONNECTED in int8 for MVE: columns of two pixels times every channel. */
#ifndef EG_CONV_2D_S8_MVE_H
#define EG_CONV_2D_S8_MVE_H

#include "eg_gemm_s8_mve.h"
#include "eg_narrow_s8_mve.h"

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
  int32_t zero_point; /* of the input: what padding reads as */
  int32_t output_offset;
  int32_t steps;                /* filter_h * filter_w * input_c / 16, rounded up */
  eg_gemm_mve_kernel* gemm;     /* for two pixels; eg_fully_connected_s8_mve: for one */
  eg_narrow_mve_kernel* narrow; /* only for eg_conv_1x1_narrow_s8_mve */
} eg_conv_2d_mve_params;

/* 1x1, stride 1, no padding: `pixels` rows of input_c values, input_c a multiple of 16, read in place. `reverse`: last
 * pixels first. An output of two pixels must not overlap the input of these or of later ones. */
void eg_conv_1x1_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input, const int32_t* packed,
                        int8_t* output, int32_t reverse);

/* The same with any input_c; both pixels are copied to `scratch` (32 * steps bytes) before their output is written. */
void eg_conv_1x1_staged_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input,
                               const int32_t* packed, int8_t* output, void* scratch, int32_t reverse);

/* As eg_conv_1x1_s8_mve for at most 16 input channels, both pixels read before any output is written; output_c is a
 * multiple of eight. */
void eg_conv_1x1_narrow_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input,
                               const int32_t* packed, int8_t* output, int32_t reverse);

/* Any window, one batch; scratch: 16 bytes more, which copies in whole vectors may overwrite. */
void eg_conv_2d_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed, int8_t* output,
                       void* scratch);

/* One pixel, input_c a multiple of 16. */
void eg_fully_connected_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                               int8_t* output);

/* The same with any input_c; scratch: 16 * steps bytes. */
void eg_fully_connected_staged_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                                      int8_t* output, void* scratch);

#endif
