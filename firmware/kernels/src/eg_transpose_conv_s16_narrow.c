#include "eg_conv_2d_s16_narrow.h"

void eg_transpose_conv_s16_narrow(const eg_transpose_conv_params* params, const eg_channel_quant* quant,
                                  const eg_dims* input_dims, const int16_t* input, const eg_dims* filter_dims,
                                  const int8_t* packed, const int64_t* bias, const eg_dims* output_dims,
                                  int16_t* output) {
  const eg_scaling_s16 scaling = {quant, bias, NULL, 0, params->activation_min, params->activation_max};
  const eg_blocks_s16 blocks = {eg_dot_4_s16, 4, 1};
  eg_transpose_conv_body_s16(params, &scaling, &blocks, input_dims, input, filter_dims, packed, output_dims, output);
}
