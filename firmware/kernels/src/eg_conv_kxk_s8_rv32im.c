#include "eg_conv_2d_s8_rv32im.h"

EG_INLINE bool eg_window_is_inside(const eg_conv_2d_rv32im_params* p, int32_t top, int32_t left) {
  return top >= 0 && left >= 0 && top + (p->filter_h - 1) * p->dilation_h < p->input_h &&
         left + (p->filter_w - 1) * p->dilation_w < p->input_w;
}

/* Where pixel (y, x) of the input begins, or `zeros` outside. */
EG_INLINE const int8_t* eg_pixel_or_zeros(const eg_conv_2d_rv32im_params* p, const int8_t* input, const int8_t* zeros,
                                          int32_t y, int32_t x) {
  return y >= 0 && y < p->input_h && x >= 0 && x < p->input_w ? input + (y * p->input_w + x) * p->input_c : zeros;
}

/* Pairs the windows of two output pixels whose upper left corners are given. */
EG_INLINE void eg_pair_windows(const eg_conv_2d_rv32im_params* p, const int8_t* input, const int8_t* zeros,
                               const int32_t* top, const int32_t* left, uint32_t* to) {
  if (p->dilation_w == 1 && eg_window_is_inside(p, top[0], left[0]) && eg_window_is_inside(p, top[1], left[1])) {
    const int8_t* a = input + (top[0] * p->input_w + left[0]) * p->input_c;
    const int8_t* b = input + (top[1] * p->input_w + left[1]) * p->input_c;
    for (int32_t ky = 0; ky < p->filter_h; ++ky) {
      to = eg_pair_pixels(a, b, p->filter_w * p->input_c, to);
      a += p->dilation_h * p->input_w * p->input_c;
      b += p->dilation_h * p->input_w * p->input_c;
    }
    return;
  }
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t y = ky * p->dilation_h, x = kx * p->dilation_w;
      to = eg_pair_pixels(eg_pixel_or_zeros(p, input, zeros, top[0] + y, left[0] + x),
                          eg_pixel_or_zeros(p, input, zeros, top[1] + y, left[1] + x), p->input_c, to);
    }
  }
}

void eg_conv_kxk_s8_rv32im(const eg_conv_2d_rv32im_params* p, const int8_t* input, const int8_t* zeros,
                           const int32_t* packed, int8_t* output, void* scratch) {
  uint32_t* const columns = (uint32_t*)scratch;
  const int32_t pixels = p->output_h * p->output_w;
  int32_t y = 0, x = 0;
  eg_clear_rest(p, columns);
  for (int32_t first = 0; first < pixels; first += 4) {
    const int32_t last = first + 3 < pixels ? first + 3 : pixels - 1;
    int32_t top[4], left[4];
    for (int32_t i = 0; i < 4; ++i) {
      top[i] = y * p->stride_h - p->pad_h;
      left[i] = x * p->stride_w - p->pad_w;
      if (first + i < last && ++x == p->output_w) {
        x = 0;
        ++y;
      }
    }
    if (++x == p->output_w) {
      x = 0;
      ++y;
    }
    eg_pair_windows(p, input, zeros, top, left, columns);
    eg_pair_windows(p, input, zeros, top + 2, left + 2, columns + 1);
    eg_channels_4(p, columns, packed, output, first, last);
  }
}
