/* AVERAGE_POOL_2D in int8 for Armv7E-M: four channels at a time, in int16 lanes. */
#ifndef EG_AVERAGE_POOL_2D_S8_ARMV7EM_H
#define EG_AVERAGE_POOL_2D_S8_ARMV7EM_H

#include "eg_dsp_armv7em.h"
#include "eg_pool_2d.h"

EG_INLINE uint32_t eg_sxtab16(uint32_t sums, uint32_t bytes) {
  __asm__("sxtab16 %0, %0, %1" : "+r"(sums) : "r"(bytes));
  return sums;
}

EG_INLINE uint32_t eg_sxtab16_ror8(uint32_t sums, uint32_t bytes) {
  __asm__("sxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(bytes));
  return sums;
}

/* Rounded to nearest, ties away from zero. */
EG_INLINE int8_t eg_average(int32_t sum, int32_t count, const eg_pool_2d_params* p) {
  return (int8_t)eg_clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, p->activation_min, p->activation_max);
}

/* One output pixel: `channels` averages of a window whose first channels are at `window`; rows are `stride` bytes
 * apart. Returns the end of the output. */
EG_INLINE int8_t* eg_average_window_armv7em(const eg_pool_2d_params* p, const int8_t* window, int32_t height,
                                            int32_t width, int32_t stride, int32_t channels, int8_t* output) {
  for (int32_t c = 0; c < channels; c += 4) {
    const int32_t count = channels - c < 4 ? channels - c : 4; /* the last word begins with channels that are done */
    const int8_t* row = window + c + count - 4;
    uint32_t even = 0, odd = 0;
    for (int32_t y = 0; y < height; ++y, row += stride) {
      const int8_t* from = row;
      for (int32_t x = 0; x < width; ++x, from += channels) {
        const uint32_t word = eg_load_word(from) >> (32 - 8 * count);
        even = eg_sxtab16(even, word);
        odd = eg_sxtab16_ror8(odd, word);
      }
    }
    const int32_t sums[4] = {(int16_t)even, (int16_t)odd, (int32_t)even >> 16, (int32_t)odd >> 16};
    EG_UNROLL for (int32_t k = 0; k < 4; ++k) {
      if (k < count) *output++ = eg_average(sums[k], height * width, p);
    }
  }
  return output;
}

/* [N,H,W,C] with C >= 4; windows of at most 255 elements, so that sums fit the lanes. Where a window is whole, what it
 * divides by is known to the compiler. */
EG_INLINE void eg_average_pool_2d_s8_armv7em(const eg_pool_2d_params* p, const eg_dims* in, const int8_t* input,
                                             const eg_dims* out, int8_t* output) {
  const int32_t stride = in->w * in->c;
  for (int32_t i = 0; i < out->n * out->h; ++i) {
    const eg_pool_2d_range rows = eg_pool_2d_window(i % out->h, p->stride_h, p->pad_h, p->filter_h, in->h);
    const int8_t* const first_row = input + (i / out->h * in->h + rows.start) * stride;
    for (int32_t out_x = 0; out_x < out->w; ++out_x) {
      const eg_pool_2d_range columns = eg_pool_2d_window(out_x, p->stride_w, p->pad_w, p->filter_w, in->w);
      const int32_t height = rows.end - rows.start, width = columns.end - columns.start;
      const int8_t* const window = first_row + columns.start * in->c;
      output = height == p->filter_h && width == p->filter_w
                   ? eg_average_window_armv7em(p, window, p->filter_h, p->filter_w, stride, in->c, output)
                   : eg_average_window_armv7em(p, window, height, width, stride, in->c, output);
    }
  }
}

#endif
