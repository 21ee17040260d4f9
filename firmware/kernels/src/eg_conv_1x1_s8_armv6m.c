#include "eg_conv_2d_s8_armv6m.h"

void eg_conv_1x1_s8_armv6m(const eg_conv_2d_armv6m_params* p, int32_t pixels, const int8_t* input,
                           const uint32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  uint32_t* const columns = (uint32_t*)scratch;
  const int32_t groups = (p->depth + 3) / 4;
  for (int32_t done = 0; done < pixels; done += 2) {
    const int32_t count = pixels - done > 1 ? 2 : 1;
    const int32_t first = reverse ? pixels - done - count : done;
    const int8_t* const pixel = input + first * p->input_c;
    uint32_t* to =
        eg_pair_pixels_armv6m(pixel, count == 2 ? pixel + p->input_c : pixel, p->depth, columns + 3 * groups);
    while (to != columns + 7 * groups) *to++ = 0;
    eg_finish_columns_armv6m(columns, groups);
    eg_channels_2_armv6m(p, columns, packed, output + first * p->output_c, count);
  }
}
