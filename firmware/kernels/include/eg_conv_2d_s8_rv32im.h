/* CONV_2D in int8 for RV32IM: columns of four pixels, two in one word, times every channel. */
#ifndef EG_CONV_2D_S8_RV32IM_H
#define EG_CONV_2D_S8_RV32IM_H

#include "eg_gemm_s8_rv32im.h"

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
  int32_t low;   /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low` */
  int32_t triples; /* channels in blocks of three, then of two */
  int32_t pairs;
} eg_conv_2d_rv32im_params;

/* Puts `count` values of two pixels as a + 65536 * b into every second word of `to`; returns where it ended. */
EG_INLINE uint32_t* eg_pair_pixels(const int8_t* a, const int8_t* b, int32_t count, uint32_t* to) {
  for (int32_t i = 0; i < count / 4; ++i) {
    const uint32_t a0 = (uint32_t)a[0], a1 = (uint32_t)a[1], a2 = (uint32_t)a[2], a3 = (uint32_t)a[3];
    const uint32_t b0 = (uint32_t)b[0], b1 = (uint32_t)b[1], b2 = (uint32_t)b[2], b3 = (uint32_t)b[3];
    to[0] = a0 + (b0 << 16);
    to[2] = a1 + (b1 << 16);
    to[4] = a2 + (b2 << 16);
    to[6] = a3 + (b3 << 16);
    a += 4;
    b += 4;
    to += 8;
  }
  for (int32_t i = 0; i < count % 4; ++i) {
    *to = (uint32_t)*a++ + ((uint32_t)*b++ << 16);
    to += 2;
  }
  return to;
}

/* All channels of the pixels `first` to `last` (at most four) whose columns are ready. */
EG_INLINE void eg_channels_4(const eg_conv_2d_rv32im_params* p, const uint32_t* columns, const int32_t* packed,
                             int8_t* output, int32_t first, int32_t last) {
  eg_gemm_job_rv32im job = {
      columns, columns + 2 * ((p->depth + 3) / 4 * 4), packed, {0}, p->low, p->high, p->is_relu, p->triples, p->pairs};
  if (p->output_c == 1) {
    int8_t results[4][2];
    for (int32_t i = 0; i < 4; ++i) job.output[i] = results[i];
    eg_gemm_4_s8_rv32im(&job);
    for (int32_t i = first; i <= last; ++i) output[i] = results[i - first][0];
  } else {
    for (int32_t i = 0; i < 4; ++i) job.output[i] = output + (first + i < last ? first + i : last) * p->output_c;
    eg_gemm_4_s8_rv32im(&job);
  }
}

EG_INLINE void eg_clear_rest(const eg_conv_2d_rv32im_params* p, uint32_t* columns) {
  for (int32_t i = 2 * p->depth; i < 2 * ((p->depth + 3) / 4 * 4); ++i) columns[i] = 0;
}

/* 1x1, stride 1, no padding: `pixels` independent rows of input_c values. `reverse`: last pixels first.
 * scratch: 8 bytes for each input, their number rounded up to a multiple of 4. */
void eg_conv_1x1_s8_rv32im(const eg_conv_2d_rv32im_params* p, int32_t pixels, const int8_t* input,
                           const int32_t* packed, int8_t* output, void* scratch, int32_t reverse);

/* Any window, one batch; `zeros` are input_c times the input's zero point. scratch as for eg_conv_1x1_s8_rv32im. */
void eg_conv_kxk_s8_rv32im(const eg_conv_2d_rv32im_params* p, const int8_t* input, const int8_t* zeros,
                           const int32_t* packed, int8_t* output, void* scratch);

/* The same without dilation, at least four outputs in a row: rows are copied, with their padding (zero_point), before
 * windows are cut from them. scratch: what eg_conv_1x1_s8_rv32im takes, then filter_h + stride_h rows of
 * ((output_w - 1) * stride_w + filter_w) * input_c bytes. */
void eg_conv_staged_s8_rv32im(const eg_conv_2d_rv32im_params* p, const int8_t* input, int32_t zero_point,
                              const int32_t* packed, int8_t* output, void* scratch);

#endif
