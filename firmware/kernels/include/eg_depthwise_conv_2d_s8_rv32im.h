/* DEPTHWISE_CONV_2D in int8 for RV32IM: one channel after the other, its weights in registers. */
#ifndef EG_DEPTHWISE_CONV_2D_S8_RV32IM_H
#define EG_DEPTHWISE_CONV_2D_S8_RV32IM_H

#include <string.h>

#include "eg_requantize_rv32im.h"

typedef struct {
  int32_t input_h;
  int32_t input_w;
  int32_t input_c;
  int32_t filter_h;
  int32_t filter_w;
  int32_t output_h;
  int32_t output_w;
  int32_t multiplier; /* output channels for each input channel */
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h;
  int32_t pad_w;
  int32_t zero_point; /* of the input: what padding reads as */
  int32_t low;        /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low` */
} eg_depthwise_conv_2d_rv32im_params;

/* `count` outputs of a 3x3 window that moves by `stride` columns; `pitch` and `step` are the distances between rows
 * and columns of the input, `output_step` between outputs. */
EG_INLINE void eg_run_3x3(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* weights, int32_t weights_pitch,
                          const eg_quant_rv32im* quant, const int8_t* input, int32_t pitch, int32_t step,
                          int32_t stride, int8_t* output, int32_t output_step, int32_t count) {
  const int32_t w0 = weights[0], w1 = weights[1], w2 = weights[2];
  const int32_t w3 = weights[weights_pitch], w4 = weights[weights_pitch + 1], w5 = weights[weights_pitch + 2];
  const int32_t w6 = weights[2 * weights_pitch], w7 = weights[2 * weights_pitch + 1];
  const int32_t w8 = weights[2 * weights_pitch + 2];
  const eg_quant_rv32im q = *quant;
  int8_t* const end = output + count * output_step;
  int32_t a0 = input[0], a1 = input[pitch], a2 = input[2 * pitch];
  if (stride == 1) {
    int32_t b0 = input[step], b1 = input[pitch + step], b2 = input[2 * pitch + step];
    for (;;) {
      const int32_t c0 = input[2 * step], c1 = input[pitch + 2 * step], c2 = input[2 * pitch + 2 * step];
      int32_t acc = q.bias + w0 * a0 + w3 * a1 + w6 * a2 + w1 * b0 + w4 * b1 + w7 * b2 + w2 * c0 + w5 * c1 + w8 * c2;
      *output = eg_requantize_rv32im(acc, &q, p->low, p->high, p->is_relu);
      output += output_step;
      if (output == end) return;
      a0 = input[3 * step], a1 = input[pitch + 3 * step], a2 = input[2 * pitch + 3 * step];
      acc = q.bias + w0 * b0 + w3 * b1 + w6 * b2 + w1 * c0 + w4 * c1 + w7 * c2 + w2 * a0 + w5 * a1 + w8 * a2;
      *output = eg_requantize_rv32im(acc, &q, p->low, p->high, p->is_relu);
      output += output_step;
      if (output == end) return;
      b0 = input[4 * step], b1 = input[pitch + 4 * step], b2 = input[2 * pitch + 4 * step];
      acc = q.bias + w0 * c0 + w3 * c1 + w6 * c2 + w1 * a0 + w4 * a1 + w7 * a2 + w2 * b0 + w5 * b1 + w8 * b2;
      *output = eg_requantize_rv32im(acc, &q, p->low, p->high, p->is_relu);
      output += output_step;
      if (output == end) return;
      input += 3 * step;
    }
  }
  for (;;) {
    const int32_t b0 = input[step], b1 = input[pitch + step], b2 = input[2 * pitch + step];
    const int32_t c0 = input[2 * step], c1 = input[pitch + 2 * step], c2 = input[2 * pitch + 2 * step];
    const int32_t acc =
        q.bias + w0 * a0 + w3 * a1 + w6 * a2 + w1 * b0 + w4 * b1 + w7 * b2 + w2 * c0 + w5 * c1 + w8 * c2;
    *output = eg_requantize_rv32im(acc, &q, p->low, p->high, p->is_relu);
    output += output_step;
    if (output == end) return;
    input += stride * step;
    a0 = stride == 2 ? c0 : input[0];
    a1 = stride == 2 ? c1 : input[pitch];
    a2 = stride == 2 ? c2 : input[2 * pitch];
  }
}

/* Sums of four outputs of any window whose inputs lie `d1`, `d2`, `d3` bytes behind those of the first. */
EG_INLINE void eg_sum_any(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* weights, const int8_t* input,
                          int32_t pitch, int32_t d1, int32_t d2, int32_t d3, int32_t* acc) {
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int8_t* at = input + ky * p->dilation_h * pitch;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t w = *weights++;
      acc[0] += w * at[0];
      acc[1] += w * at[d1];
      acc[2] += w * at[d2];
      acc[3] += w * at[d3];
      at += p->dilation_w;
    }
  }
}

/* Four outputs at a time of any window over a plane, `count` in all, `stride` apart; `pitch` as in eg_run_3x3. */
EG_INLINE void eg_run_any(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* weights,
                          const eg_quant_rv32im* quant, const int8_t* input, int32_t pitch, int32_t stride,
                          int8_t* output, int32_t output_step, int32_t count) {
  for (int32_t i = 0; i < count; i += 4) {
    int32_t acc[4] = {quant->bias, quant->bias, quant->bias, quant->bias};
    int32_t left = 4;
    if (count >= 4) {
      /* Where fewer than four are left, some are computed once more: distances stay constants. */
      const int32_t first = i + 4 < count ? i : count - 4;
      eg_sum_any(p, weights, input + first * stride, pitch, stride, 2 * stride, 3 * stride, acc);
      output -= (i - first) * output_step;
    } else {
      left = count;
      eg_sum_any(p, weights, input, pitch, left > 1 ? stride : 0, left > 2 ? 2 * stride : 0, 0, acc);
    }
    for (int32_t j = 0; j < left; ++j) {
      *output = eg_requantize_rv32im(acc[j], quant, p->low, p->high, p->is_relu);
      output += output_step;
    }
  }
}

/* Copies a channel's rows and columns into the middle of a plane `pitch` wide. */
EG_INLINE void eg_copy_plane(const int8_t* input, int32_t rows, int32_t columns, int32_t row_step, int32_t step,
                             int8_t* plane, int32_t pitch) {
  for (int32_t y = 0; y < rows; ++y) {
    const int8_t* from = input + y * row_step;
    int8_t* to = plane + y * pitch;
    int8_t* const end = to + columns / 4 * 4;
    while (to != end) {
      const int8_t v0 = from[0], v1 = from[step], v2 = from[2 * step], v3 = from[3 * step];
      to[0] = v0, to[1] = v1, to[2] = v2, to[3] = v3;
      from += 4 * step;
      to += 4;
    }
    for (int32_t x = 0; x < columns % 4; ++x) to[x] = from[x * step];
  }
}

/* One batch. Each channel is copied, with its padding, to a plane before its outputs are written, so that they may lie
 * over the input, at the same address, where `multiplier` is 1. weights: [C][filter_h * filter_w].
 * scratch: a plane of `plane_h` * `plane_w` bytes, what all windows together cover. */
EG_INLINE void eg_depthwise_planes_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, int32_t plane_h,
                                             int32_t plane_w, const int8_t* input, const int8_t* weights,
                                             const eg_quant_rv32im* quant, int8_t* output, void* scratch) {
  int8_t* const plane = (int8_t*)scratch;
  const int32_t output_c = p->input_c * p->multiplier;
  const int32_t rows = p->input_h < plane_h - p->pad_h ? p->input_h : plane_h - p->pad_h;
  const int32_t columns = p->input_w < plane_w - p->pad_w ? p->input_w : plane_w - p->pad_w;
  const bool is_3x3 = p->filter_h == 3 && p->filter_w == 3 && p->dilation_h == 1 && p->dilation_w == 1;
  memset(plane, p->zero_point, (size_t)(plane_h * plane_w));
  for (int32_t c = 0; c < p->input_c; ++c) {
    eg_copy_plane(input + c, rows, columns, p->input_w * p->input_c, p->input_c, plane + p->pad_h * plane_w + p->pad_w,
                  plane_w);
    for (int32_t o = c * p->multiplier; o < (c + 1) * p->multiplier; ++o) {
      const int8_t* const filter = weights + o * p->filter_h * p->filter_w;
      if (p->output_w == 1 && !is_3x3) { /* along the only column */
        eg_run_any(p, filter, quant + o, plane, plane_w, p->stride_h * plane_w, output + o, output_c, p->output_h);
        continue;
      }
      for (int32_t y = 0; y < p->output_h; ++y) {
        const int8_t* const from = plane + y * p->stride_h * plane_w;
        int8_t* const to = output + y * p->output_w * output_c + o;
        if (is_3x3) {
          eg_run_3x3(p, filter, 3, quant + o, from, plane_w, 1, p->stride_w, to, output_c, p->output_w);
        } else {
          eg_run_any(p, filter, quant + o, from, plane_w, p->stride_w, to, output_c, p->output_w);
        }
      }
    }
  }
}

/* Where to end a segment of output row `y` that begins at column `first`: its outputs may lie over inputs that no
 * window from `first` on reads, and over one more. */
EG_INLINE int32_t eg_segment_end(const eg_depthwise_conv_2d_rv32im_params* p, int32_t y, int32_t first) {
  const int32_t top = y * p->stride_h - p->pad_h, left = first * p->stride_w - p->pad_w;
  const int32_t free = (top > 0 ? top * p->input_w : 0) + (left > 0 ? left : 0) + 1 - y * p->output_w;
  const int32_t end = free > first + 1 ? free : first + 1;
  return end < p->output_w ? end : p->output_w;
}

/* 3x3, no dilation, at most one row and column of padding on each side, one batch, at least 3 rows and columns.
 * Reads the input where it lies, row by row, in segments that may overwrite inputs which are used up.
 * A window that reaches outside is moved inside and its weights the other way. weights: [C][5][5], zeros around. */
EG_INLINE void eg_depthwise_rows_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* input,
                                           const int8_t* weights, const eg_quant_rv32im* quant, int8_t* output) {
  const int32_t pitch = p->input_w * p->input_c;
  const int32_t output_c = p->input_c * p->multiplier;
  const int32_t inner = p->pad_w > 0 ? 1 : 0; /* the first column whose window begins inside */
  const int32_t inner_end = (p->input_w - 3 + p->pad_w) / p->stride_w + 1;
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h;
    const int32_t down = top < 0 ? 1 : (top + 3 > p->input_h ? -1 : 0);
    for (int32_t first = 0, end; first < p->output_w; first = end) {
      end = eg_segment_end(p, y, first);
      for (int32_t o = 0; o < output_c; ++o) {
        const int8_t* const rows = input + (top + down) * pitch + (p->multiplier == 1 ? o : o / p->multiplier);
        for (int32_t x = first, next; x < end; x = next) {
          const int32_t right = x < inner ? 1 : (x >= inner_end ? -1 : 0);
          next = right ? x + 1 : (end < inner_end ? end : inner_end);
          const int8_t* const filter = weights + 25 * o + 5 * (1 + down) + 1 + right;
          eg_quant_rv32im q = quant[o];
          if (down | right) {
            int32_t sum = 0;
            for (int32_t i = 0; i < 15; i += 5) sum += filter[i] + filter[i + 1] + filter[i + 2];
            int32_t whole = 0;
            for (int32_t i = 0; i < 25; ++i) whole += weights[25 * o + i];
            q.bias += p->zero_point * (whole - sum);
          }
          eg_run_3x3(p, filter, 5, &q, rows + (x * p->stride_w - p->pad_w + right) * p->input_c, pitch, p->input_c,
                     p->stride_w, output + (y * p->output_w + x) * output_c + o, output_c, next - x);
        }
      }
    }
  }
}

/* The same, one body for all layers: smaller, slower. */
void eg_depthwise_planes_shared_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, int32_t plane_h, int32_t plane_w,
                                          const int8_t* input, const int8_t* weights, const eg_quant_rv32im* quant,
                                          int8_t* output, void* scratch);
void eg_depthwise_rows_shared_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* input,
                                        const int8_t* weights, const eg_quant_rv32im* quant, int8_t* output);

#endif
