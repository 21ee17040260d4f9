#include "eg_depthwise_conv_2d_s8_armv6m.h"

void eg_copy_plane_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input, uint8_t* plane) {
  for (int32_t i = 0; i < p->input_lines; ++i) {
    const int8_t* from = input;
    uint8_t* to = plane;
    uint8_t* const end = to + p->input_count;
    const int32_t step = p->input_step;
    while (to != end) {
      *to++ = (uint8_t)(*from + 128);
      from += step;
    }
    input += p->input_line_step;
    plane += p->plane_pitch;
  }
}
