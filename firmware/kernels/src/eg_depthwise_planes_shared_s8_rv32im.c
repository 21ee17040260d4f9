#include "eg_depthwise_conv_2d_s8_rv32im.h"

void eg_depthwise_planes_shared_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, int32_t plane_h, int32_t plane_w,
                                          const int8_t* input, const int8_t* weights, const eg_quant_rv32im* quant,
                                          int8_t* output, void* scratch) {
  eg_depthwise_planes_s8_rv32im(p, plane_h, plane_w, input, weights, quant, output, scratch);
}
