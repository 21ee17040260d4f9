/* CONV_2D in int8 for Armv7E-M: columns of three pixels, widened once, times every channel. */
#ifndef EG_CONV_2D_S8_ARMV7EM_H
#define EG_CONV_2D_S8_ARMV7EM_H

#include <string.h>

#include "eg_gemm_s8_armv7em.h"
#include "eg_widen_armv7em.h"

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
  int32_t zero_point;   /* of the input: what padding reads as */
  int32_t gathers_rest; /* whether what a window's rows have beyond whole fours is gathered behind all of them */
  int32_t copies_words; /* whether a window that reaches into the padding is copied by eg_copy_window_armv7em */
  int32_t steps;        /* fours in a column */
  int32_t last_words;   /* constants in front of those of a last pair that is one channel */
  eg_gemm_3x2_armv7em gemm;
} eg_conv_2d_armv7em_params;

/* All channels of three pixels whose columns are ready; `packed` as in eg_gemm_s8_armv7em.h. */
EG_INLINE void eg_channels_armv7em(const eg_conv_2d_armv7em_params* p, const int32_t* columns, const int32_t* packed,
                                   int8_t* const outputs[EG_PIXELS]) {
  const int32_t pairs = p->output_c / 2;
  if (pairs) p->gemm(columns, packed, outputs, p->steps, pairs);
  if (p->output_c % 2) {
    eg_gemm_last_s8_armv7em(p->gemm, columns, packed + p->last_words, outputs, p->steps, p->output_c - 1);
  }
}

/* 1x1, stride 1, no padding: `pixels` independent rows of input_c values. `reverse`: last pixels first. What is missing
 * of three pixels at the end is the one next to it once more. */
EG_INLINE void eg_conv_1x1_s8_armv7em(const eg_conv_2d_armv7em_params* p, int32_t pixels, const int8_t* input,
                                      const int32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  int32_t* const columns = (int32_t*)scratch;
  for (int32_t done = 0; done < pixels; done += EG_PIXELS) {
    const int8_t* from[EG_PIXELS];
    int8_t* to[EG_PIXELS];
    EG_UNROLL for (int32_t i = 0; i < EG_PIXELS; ++i) {
      const int32_t number = done + i < pixels ? done + i : pixels - 1;
      const int32_t pixel = reverse ? pixels - 1 - number : number;
      from[i] = input + pixel * p->input_c;
      to[i] = output + pixel * p->output_c;
    }
    eg_widen_armv7em(from, p->input_c, columns);
    eg_channels_armv7em(p, columns, packed, to);
  }
}

/* A copy of the window of one output pixel, padding as the zero point, its rows `row_bytes` apart. */
EG_INLINE void eg_copy_small_window_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* input, int32_t top,
                                            int32_t left, int32_t row_bytes, int8_t* patch) {
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    int8_t* to = patch + ky * row_bytes;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const bool inside = y >= 0 && y < p->input_h && x >= 0 && x < p->input_w;
      const int8_t* from = input + (y * p->input_w + x) * p->input_c;
      for (int32_t c = 0; c < p->input_c; ++c) *to++ = inside ? from[c] : (int8_t)p->zero_point;
    }
  }
}

/* The same, faster for rows of eight bytes and more; `row_bytes` is whole fours. */
void eg_copy_window_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* input, int32_t top, int32_t left,
                            int32_t row_bytes, int8_t* patch);

/* Whether the rows of a window, filled up to whole fours, lie inside the rows of the input. */
EG_INLINE bool eg_is_inside_armv7em(const eg_conv_2d_armv7em_params* p, int32_t top, int32_t left) {
  const int32_t last_top = p->input_h - 1 - (p->filter_h - 1) * p->dilation_h;
  const int32_t run = p->filter_w * p->input_c, filled = p->gathers_rest ? run : (run + 3) / 4 * 4;
  const int32_t last_left = p->input_w - (filled + p->input_c - 1) / p->input_c;
  if (p->dilation_w != 1 && p->filter_w != 1) return false;
  return top >= 0 && top <= last_top && left >= 0 && left <= last_left;
}

/* What the rows of a window have beyond whole fours, one byte a row: four rows to the word. */
EG_INLINE void eg_widen_last_bytes_armv7em(const int8_t* const from[EG_PIXELS], int32_t stride, int32_t rows,
                                           int32_t* columns) {
  EG_UNROLL for (int32_t ky = 0; ky < rows; ky += 4) {
    uint32_t words[EG_PIXELS] = {0, 0, 0};
    EG_UNROLL for (int32_t i = 0; i < 4; ++i) {
      if (ky + i < rows) {
        EG_UNROLL for (int32_t j = 0; j < EG_PIXELS; ++j) {
          words[j] |= (uint32_t)(uint8_t)from[j][(ky + i) * stride] << (8 * i);
        }
      }
    }
    eg_widen_words_armv7em(words, columns);
    columns += EG_STEP_WORDS;
  }
}

/* Widens the windows of three pixels, rows `stride` bytes apart. In the columns the whole fours of all rows come first
 * if the rest is gathered. */
EG_INLINE void eg_widen_windows_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* const from[EG_PIXELS],
                                        int32_t stride, int32_t* columns) {
  const int32_t run = p->filter_w * p->input_c;
  const int32_t whole = p->gathers_rest ? run / 4 * 4 : (run + 3) / 4 * 4;
  if (whole) {
    const int8_t *a = from[0], *b = from[1], *c = from[2];
    for (int32_t ky = 0; ky < p->filter_h; ++ky) {
      columns = eg_widen_fours_armv7em(a, b, c, whole / 4, columns);
      a += stride;
      b += stride;
      c += stride;
    }
  }
  if (whole >= run) return;
  const int8_t* const rest[EG_PIXELS] = {from[0] + whole, from[1] + whole, from[2] + whole};
  if (run - whole == 1 && p->filter_h <= 4) {
    eg_widen_last_bytes_armv7em(rest, stride, p->filter_h, columns);
    return;
  }
  int32_t filled = 0;
  uint32_t words[EG_PIXELS] = {0, 0, 0};
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    for (int32_t i = 0; i < run - whole; ++i) {
      EG_UNROLL for (int32_t j = 0; j < EG_PIXELS; ++j) {
        words[j] |= (uint32_t)(uint8_t)rest[j][ky * stride + i] << (8 * filled);
      }
      if (++filled == 4) {
        eg_widen_words_armv7em(words, columns);
        columns += EG_STEP_WORDS;
        words[0] = words[1] = words[2] = 0;
        filled = 0;
      }
    }
  }
  if (filled) eg_widen_words_armv7em(words, columns);
}

/* The same with padding, where a pixel's channels are whole fours: pixel after pixel of the windows. `pad` holds the
 * zero point input_c times. */
EG_INLINE void eg_widen_padded_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* input,
                                       const int32_t top[EG_PIXELS], const int32_t left[EG_PIXELS], const int8_t* pad,
                                       int32_t* columns) {
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int8_t* from[EG_PIXELS];
      EG_UNROLL for (int32_t j = 0; j < EG_PIXELS; ++j) {
        const int32_t y = top[j] + ky * p->dilation_h, x = left[j] + kx * p->dilation_w;
        const bool inside = (uint32_t)y < (uint32_t)p->input_h && (uint32_t)x < (uint32_t)p->input_w;
        from[j] = inside ? input + (y * p->input_w + x) * p->input_c : pad;
      }
      columns = eg_widen_fours_armv7em(from[0], from[1], from[2], p->input_c / 4, columns);
    }
  }
}

/* Any window, one batch. scratch: 24 * steps bytes for the columns, then input_c bytes of padding if that are whole
 * fours, else copies of three windows, their rows filled up to fours. */
EG_INLINE void eg_conv_kxk_s8_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* input, const int32_t* packed,
                                      int8_t* output, void* scratch) {
  int32_t* const columns = (int32_t*)scratch;
  const int32_t patch_stride = (p->filter_w * p->input_c + 3) / 4 * 4, patch_bytes = p->filter_h * patch_stride;
  int8_t* const patch = (int8_t*)(columns + EG_STEP_WORDS * p->steps);
  const int32_t pixels = p->output_h * p->output_w;
  int32_t y = 0, x = 0;
  if (p->input_c % 4 == 0) memset(patch, p->zero_point, (size_t)p->input_c);
  for (int32_t done = 0; done < pixels; done += EG_PIXELS) {
    int32_t top[EG_PIXELS], left[EG_PIXELS];
    const int8_t* from[EG_PIXELS];
    int8_t* to[EG_PIXELS];
    bool inside = true;
    EG_UNROLL for (int32_t i = 0; i < EG_PIXELS; ++i) {
      top[i] = y * p->stride_h - p->pad_h;
      left[i] = x * p->stride_w - p->pad_w;
      from[i] = input + (top[i] * p->input_w + left[i]) * p->input_c;
      to[i] = output;
      inside = inside && eg_is_inside_armv7em(p, top[i], left[i]);
      if (done + i + 1 < pixels) { /* what is missing at the end is the last one once more */
        output += p->output_c;
        if (++x == p->output_w) {
          x = 0;
          ++y;
        }
      }
    }
    if (inside) {
      eg_widen_windows_armv7em(p, from, p->dilation_h * p->input_w * p->input_c, columns);
    } else if (p->input_c % 4 == 0) {
      eg_widen_padded_armv7em(p, input, top, left, patch, columns);
    } else {
      EG_UNROLL for (int32_t i = 0; i < EG_PIXELS; ++i) {
        if (p->copies_words) {
          eg_copy_window_armv7em(p, input, top[i], left[i], patch_stride, patch + i * patch_bytes);
        } else {
          eg_copy_small_window_armv7em(p, input, top[i], left[i], patch_stride, patch + i * patch_bytes);
        }
        from[i] = patch + i * patch_bytes;
      }
      eg_widen_windows_armv7em(p, from, patch_stride, columns);
    }
    eg_channels_armv7em(p, columns, packed, to);
  }
}

#endif
