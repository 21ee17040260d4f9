#include "eg_depthwise_conv_2d_s8_armv6m.h"

void eg_depthwise_3x3_strips_s8_armv6m(const eg_depthwise_strip_armv6m* strips, int32_t count, const int8_t* input,
                                       const int8_t* weights, const eg_relu_quant_armv6m* quant, int8_t* output,
                                       void* scratch) {
  for (const eg_depthwise_strip_armv6m* strip = strips; strip != strips + count; ++strip) {
    eg_depthwise_3x3_relu_s8_armv6m(&strip->params, input + strip->input_start, weights, quant,
                                    output + strip->output_start, scratch);
  }
}
