#include "eg_depthwise_conv_2d_s8_rv32im.h"

void eg_depthwise_rows_shared_s8_rv32im(const eg_depthwise_conv_2d_rv32im_params* p, const int8_t* input,
                                        const int8_t* weights, const eg_quant_rv32im* quant, int8_t* output) {
  eg_depthwise_rows_s8_rv32im(p, input, weights, quant, output);
}
