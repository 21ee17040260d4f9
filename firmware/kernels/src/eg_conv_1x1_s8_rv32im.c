#include "eg_conv_2d_s8_rv32im.h"

void eg_conv_1x1_s8_rv32im(const eg_conv_2d_rv32im_params* p, int32_t pixels, const int8_t* input,
                           const int32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  uint32_t* const columns = (uint32_t*)scratch;
  eg_clear_rest(p, columns);
  for (int32_t done = 0; done < pixels; done += 4) {
    const int32_t first = reverse ? (pixels - done > 4 ? pixels - done - 4 : 0) : done;
    const int32_t end = reverse ? pixels - done : (done + 4 < pixels ? done + 4 : pixels);
    const int8_t* pixel[4];
    for (int32_t i = 0; i < 4; ++i) pixel[i] = input + (first + i < end ? first + i : end - 1) * p->input_c;
    eg_pair_pixels(pixel[0], pixel[1], p->input_c, columns);
    eg_pair_pixels(pixel[2], pixel[3], p->input_c, columns + 1);
    eg_channels_4(p, columns, packed, output, first, end - 1);
  }
}
