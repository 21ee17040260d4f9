#include "eg_conv_2d_s8_armv7em.h"

static void copy(const int8_t* from, int32_t count, int8_t* to) {
  const int8_t* const end = from + count;
  for (; from + 4 <= end; from += 4, to += 4) eg_store_word(to, eg_load_word(from));
  while (from < end) *to++ = *from++;
}

EG_NOINLINE void eg_copy_window_armv7em(const eg_conv_2d_armv7em_params* p, const int8_t* input, int32_t top,
                                        int32_t left, int32_t row_bytes, int8_t* patch) {
  const uint32_t pad = ((uint32_t)p->zero_point & 0xFFu) * 0x01010101u;
  const int32_t channels = p->input_c, runs = p->dilation_w == 1 ? 1 : p->filter_w;
  const int32_t run = p->dilation_w == 1 ? p->filter_w : 1; /* pixels that lie side by side */
  for (int32_t ky = 0; ky < p->filter_h; ++ky, patch += row_bytes) {
    const int32_t y = top + ky * p->dilation_h;
    for (int32_t i = 0; i < row_bytes; i += 4) eg_store_word(patch + i, pad);
    if ((uint32_t)y >= (uint32_t)p->input_h) continue;
    for (int32_t kx = 0; kx < runs; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const int32_t first = x < 0 ? -x : 0, last = x + run > p->input_w ? p->input_w - x : run;
      const int8_t* from = input + (y * p->input_w + x + first) * channels;
      copy(from, (last - first) * channels, patch + (kx + first) * channels);
    }
  }
}
