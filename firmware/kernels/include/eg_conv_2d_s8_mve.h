/* CONV_2D and FULLY_CONNECTED in int8 for MVE: columns of two pixels times every channel. */
#ifndef EG_CONV_2D_S8_MVE_H
#define EG_CONV_2D_S8_MVE_H

#include "eg_gemm_s8_mve.h"
#include "eg_narrow_s8_mve.h"

typedef struct eg_conv_2d_mve_params eg_conv_2d_mve_params;

/* All channels of `pixels` columns, two pixels at a time; `reverse`: last pixels first. */
typedef void eg_columns_mve_kernel(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* columns,
                                   const int32_t* packed, int8_t* output, int32_t reverse);

struct eg_conv_2d_mve_params {
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
  int32_t steps;                  /* filter_h * filter_w * input_c / 16, rounded up */
  int32_t pitch;                  /* bytes from a column to the next: input_c, or 16 * steps where they are staged */
  int32_t staged;                 /* columns that the scratch has room for, an even number */
  eg_columns_mve_kernel* columns; /* for staged columns */
  eg_gemm_mve_kernel* gemm;       /* for two pixels; eg_fully_connected_s8_mve: for one */
  eg_narrow_mve_kernel* narrow;   /* only for eg_conv_1x1_narrow_s8_mve */
};

/* 1x1, stride 1, no padding, or staged columns: steps * 16 values, read in place; output_c is a multiple of eight. An
 * output of two pixels must not overlap the input of these or of later ones. */
eg_columns_mve_kernel eg_conv_1x1_s8_mve;

/* The same with any output_c. */
eg_columns_mve_kernel eg_conv_1x1_odd_s8_mve;

/* As eg_conv_1x1_s8_mve for columns of at most 16 values, both pixels read before any output is written. */
eg_columns_mve_kernel eg_conv_1x1_narrow_s8_mve;

/* As eg_conv_1x1_s8_mve with any input_c and output_c; columns are copied to `scratch` (32 * steps bytes) before
 * their output is written. */
void eg_conv_1x1_staged_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input,
                               const int32_t* packed, int8_t* output, void* scratch, int32_t reverse);

/* Any window, one batch; scratch: 16 bytes more, which copies in whole vectors may overwrite. */
void eg_conv_2d_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed, int8_t* output,
                       void* scratch);

/* The same for windows whose rows are at most 16 values, without dilation along them. */
void eg_conv_2d_narrow_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                              int8_t* output, void* scratch);

/* One pixel, input_c a multiple of 16. */
void eg_fully_connected_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                               int8_t* output);

/* The same with any input_c; scratch: 16 * steps bytes. */
void eg_fully_connected_staged_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                                      int8_t* output, void* scratch);

#endif
