#include "eg_depthwise_taps_s8_armv7em.h"

EG_NOINLINE void eg_depthwise_padded_pixel_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input,
                                                   int32_t top, int32_t left, const int32_t* packed, int8_t* output,
                                                   int32_t* scratch) {
  const int32_t taps = p->filter_h * p->filter_w, pairs = (taps + 1) / 2;
  const int32_t pad = (int32_t)((const int8_t*)(scratch + 2 * pairs) - input);
  int32_t* to = scratch;
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const bool inside = (uint32_t)y < (uint32_t)p->input_h && (uint32_t)x < (uint32_t)p->input_w;
      *to++ = inside ? (y * p->input_w + x) * p->channels : pad;
    }
  }
  if (taps % 2) *to = to[-1];
  p->block(input, scratch, packed, output, pairs, p->channels / 4, p->zero, p->shift);
}
