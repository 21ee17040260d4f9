#include "eg_depthwise_taps_s8_armv7em.h"

EG_NOINLINE void eg_copy_taps_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input, int32_t top,
                                      int32_t left, int32_t c, int32_t count, uint32_t* copy) {
  const uint32_t pad = ((uint32_t)p->zero_point & 0xFFu) * 0x01010101u;
  const int32_t first = c + count - 4;
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const bool inside = y >= 0 && y < p->input_h && x >= 0 && x < p->input_w;
      const int8_t* from = input + (y * p->input_w + x) * p->channels + first;
      *copy++ = inside ? eg_load_word(from) >> (32 - 8 * count) : pad;
    }
  }
}
