/* CONV_2D and FULLY_CONNECTED in int8 for Xtensa LX6: columns of a few pixels, widened once, times every channel. */
#ifndef EG_CONV_2D_S8_XTENSA_MAC16_H
#define EG_CONV_2D_S8_XTENSA_MAC16_H

#include "eg_gemm_s8_xtensa_mac16.h"

/* How a slice's values are widened: those of one filter row, `input_c`. */
typedef enum {
  EG_RUN_ALIGNED_MAC16,   /* input_c a multiple of four: words order */
  EG_RUN_UNALIGNED_MAC16, /* words order */
  EG_RUN_BYTES_MAC16      /* bytes order */
} eg_run_mac16;

/* A column is one pixel's window as slices: for each filter column the values of its rows, widened, in input_c's
 * order. Where windows overlap along a row (`shared`), neighbours share slices. */
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
  int32_t zero_point;  /* of the input: what padding reads as */
  int32_t tile;        /* pixels whose columns are ready at a time, at most */
  int32_t run;         /* 16-bit values of one filter row in a slice */
  int32_t slice;       /* 16-bit values of a slice, even */
  int32_t depth_bytes; /* of a column; a multiple of 8 */
  int32_t shared;
  int32_t columns_bytes; /* of a whole tile, a multiple of 4 */
  eg_run_mac16 kind;
  eg_gemm_function_mac16* gemm;
} eg_conv_2d_mac16_params;

/* Any window, one batch, one group. `packed` as in eg_gemm_s8_xtensa_mac16.h. scratch: columns_bytes for the slices
 * of a tile and 8 bytes behind them; then, where gemm is a narrow one, 16 + depth_bytes. */
void eg_conv_2d_s8_xtensa_mac16(const eg_conv_2d_mac16_params* params, const int8_t* input, const int32_t* packed,
                                int8_t* output, void* scratch);

/* 1x1, stride 1, no padding: `pixels` independent rows of input_c values. `reverse`: the last pixels first. */
void eg_conv_1x1_s8_xtensa_mac16(const eg_conv_2d_mac16_params* params, int32_t pixels, const int8_t* input,
                                 const int32_t* packed, int8_t* output, void* scratch, int32_t reverse);

#endif
