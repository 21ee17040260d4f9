#include "eg_conv_2d_s8_armv6m.h"

static bool is_inside(const eg_conv_2d_armv6m_params* p, int32_t top, int32_t left) {
  return top >= 0 && left >= 0 && top + (p->filter_h - 1) * p->dilation_h < p->input_h &&
         left + (p->filter_w - 1) * p->dilation_w < p->input_w;
}

/* Where pixel (y, x) of the input begins, or `zeros` outside. */
static const int8_t* pixel_or_zeros(const eg_conv_2d_armv6m_params* p, const int8_t* input, const int8_t* zeros,
                                    int32_t y, int32_t x) {
  return y >= 0 && y < p->input_h && x >= 0 && x < p->input_w ? input + (y * p->input_w + x) * p->input_c : zeros;
}

/* Pairs the windows of two output pixels whose upper left corners are given. */
static uint32_t* pair_windows(const eg_conv_2d_armv6m_params* p, const int8_t* input, const int8_t* zeros,
                              const int32_t* top, const int32_t* left, uint32_t* to) {
  if (p->dilation_w == 1 && is_inside(p, top[0], left[0]) && is_inside(p, top[1], left[1])) {
    const int32_t row = p->dilation_h * p->input_w * p->input_c;
    const int8_t* a = input + (top[0] * p->input_w + left[0]) * p->input_c;
    const int8_t* b = input + (top[1] * p->input_w + left[1]) * p->input_c;
    for (int32_t ky = 0; ky < p->filter_h; ++ky) {
      to = eg_pair_pixels_armv6m(a, b, p->filter_w * p->input_c, to);
      a += row;
      b += row;
    }
    return to;
  }
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t y = ky * p->dilation_h, x = kx * p->dilation_w;
      to = eg_pair_pixels_armv6m(pixel_or_zeros(p, input, zeros, top[0] + y, left[0] + x),
                                 pixel_or_zeros(p, input, zeros, top[1] + y, left[1] + x), p->input_c, to);
    }
  }
  return to;
}

void eg_conv_kxk_s8_armv6m(const eg_conv_2d_armv6m_params* p, const int8_t* input, const int8_t* zeros,
                           const uint32_t* packed, int8_t* output, void* scratch) {
  uint32_t* const columns = (uint32_t*)scratch;
  const int32_t groups = (p->depth + 3) / 4;
  const int32_t pixels = p->output_h * p->output_w;
  int32_t y = 0, x = 0;
  for (int32_t first = 0; first < pixels; first += 2) {
    const int32_t count = pixels - first > 1 ? 2 : 1;
    int32_t top[2], left[2];
    for (int32_t i = 0; i < 2; ++i) {
      top[i] = y * p->stride_h - p->pad_h;
      left[i] = x * p->stride_w - p->pad_w;
      if (i < count - 1 || count == 2) {
        if (++x == p->output_w) {
          x = 0;
          ++y;
        }
      }
    }
    uint32_t* to = pair_windows(p, input, zeros, top, left, columns + 3 * groups);
    while (to != columns + 7 * groups) *to++ = 0;
    eg_finish_columns_armv6m(columns, groups);
    eg_channels_2_armv6m(p, columns, packed, output + first * p->output_c, count);
  }
}
