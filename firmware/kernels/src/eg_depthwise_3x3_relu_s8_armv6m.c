#include <string.h>

#include "eg_depthwise_conv_2d_s8_armv6m.h"

static void one_channel(const eg_depthwise_conv_2d_armv6m_params* p, const uint8_t* plane, const int8_t* weights,
                        const eg_relu_quant_armv6m* quant, int8_t* output) {
  eg_lines_3x3_armv6m lines = {{0},
                               *quant,
                               plane,
                               p->line_stride,
                               output,
                               p->output_line_step,
                               p->output_lines,
                               p->output_count,
                               p->plane_pitch,
                               4 * p->stride - 2 * p->plane_pitch,
                               p->output_step,
                               0};
  for (int32_t i = 0; i < 9; ++i) lines.weights[i] = weights[i];
  if (p->stride == 1) {
    eg_lines_3x3_stride_1_armv6m(&lines);
  } else {
    eg_lines_3x3_stride_2_armv6m(&lines);
  }
}

void eg_depthwise_3x3_relu_s8_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input,
                                     const int8_t* weights, const eg_relu_quant_armv6m* quant, int8_t* output,
                                     void* scratch) {
  uint8_t* const plane = (uint8_t*)scratch;
  memset(plane, p->zero_point + 128, (size_t)p->plane_bytes);
  for (int32_t c = 0; c < p->input_c; ++c) {
    eg_copy_plane_armv6m(p, input + c, plane + p->plane_start);
    for (int32_t i = 0; i < p->multiplier; ++i) {
      one_channel(p, plane, weights, quant++, output++);
      weights += 9;
    }
  }
}
