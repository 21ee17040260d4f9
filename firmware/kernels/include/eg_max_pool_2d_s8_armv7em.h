/* MAX_POOL_2D in int8 for Armv7E-M: four channels at a time. */
#ifndef EG_MAX_POOL_2D_S8_ARMV7EM_H
#define EG_MAX_POOL_2D_S8_ARMV7EM_H

#include "eg_clamp_s8_armv7em.h"
#include "eg_pool_2d.h"

/* The largest of a window's values, in four channels; rows are `stride` bytes apart, columns `channels`. */
EG_INLINE uint32_t eg_window_max_armv7em(const int8_t* row, int32_t height, int32_t width, int32_t stride,
                                         int32_t channels) {
  uint32_t largest = 0x80808080u;
  for (int32_t y = 0; y < height; ++y, row += stride) {
    const int8_t* from = row;
    for (int32_t x = 0; x < width; ++x, from += channels) largest = eg_max_4(largest, eg_load_word(from));
  }
  return largest;
}

/* [N,H,W,C] with C >= 4; padding counts for nothing. */
EG_INLINE void eg_max_pool_2d_s8_armv7em(const eg_pool_2d_params* p, const eg_dims* in, const int8_t* input,
                                         const eg_dims* out, int8_t* output) {
  const int32_t stride = in->w * in->c, whole = in->c / 4 * 4, rest = in->c % 4;
  const uint32_t low = ((uint32_t)p->activation_min & 0xFFu) * 0x01010101u;
  const uint32_t high = ((uint32_t)p->activation_max & 0xFFu) * 0x01010101u;
  const bool clamps = p->activation_min > -128 || p->activation_max < 127;
  for (int32_t i = 0; i < out->n * out->h; ++i) {
    const eg_pool_2d_range rows = eg_pool_2d_window(i % out->h, p->stride_h, p->pad_h, p->filter_h, in->h);
    const int8_t* const first_row = input + (i / out->h * in->h + rows.start) * stride;
    for (int32_t out_x = 0; out_x < out->w; ++out_x) {
      const eg_pool_2d_range columns = eg_pool_2d_window(out_x, p->stride_w, p->pad_w, p->filter_w, in->w);
      const int32_t height = rows.end - rows.start, width = columns.end - columns.start;
      const bool is_whole = height == p->filter_h && width == p->filter_w;
      const int8_t* const window = first_row + columns.start * in->c;
      for (int32_t c = 0; c < whole; c += 4, output += 4) {
        uint32_t word = is_whole ? eg_window_max_armv7em(window + c, p->filter_h, p->filter_w, stride, in->c)
                                 : eg_window_max_armv7em(window + c, height, width, stride, in->c);
        if (clamps) word = eg_min_4(eg_max_4(word, low), high);
        eg_store_word(output, word);
      }
      if (rest) { /* the last word begins with channels that are done */
        uint32_t word = eg_window_max_armv7em(window + in->c - 4, height, width, stride, in->c);
        if (clamps) word = eg_min_4(eg_max_4(word, low), high);
        word >>= 32 - 8 * rest;
        for (int32_t k = 0; k < rest; ++k, word >>= 8) *output++ = (int8_t)word;
      }
    }
  }
}

#endif
