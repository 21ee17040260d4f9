#include "eg_conv_2d_s8_armv6m.h"

/* Outputs of `channels` channels; the second pixel's, the upper one's, are written first: where there is only one
 * pixel, both have the same place. */
static void requantize(const eg_activation_armv6m* activation, const uint32_t* sums, const uint32_t* packed,
                       int8_t* output, int32_t second, int32_t channels) {
  for (int32_t i = 0; i < channels; ++i) {
    const eg_quant_armv6m* const quant = (const eg_quant_armv6m*)(const void*)(packed + 5 * i + 1);
    const uint32_t upper = sums[i] + packed[5 * i], lower = sums[3 + i] - (sums[i] << 16) + (uint32_t)quant->bias;
    output[second + i] = eg_requantize_armv6m((int32_t)upper, quant, activation);
    output[i] = eg_requantize_armv6m((int32_t)lower, quant, activation);
  }
}

void eg_channels_2_armv6m(const eg_conv_2d_armv6m_params* p, const uint32_t* columns, const uint32_t* packed,
                          int8_t* output, int32_t count) {
  const uint32_t* const columns_end = columns + (p->depth + 3) / 4 * 7;
  const int32_t second = count == 2 ? p->output_c : 0;
  for (int32_t left = p->output_c; left > 0; left -= 3) {
    const int32_t channels = left < 3 ? left : 3;
    uint32_t sums[6];
    packed = eg_gemm_2x3_s8_armv6m(columns, columns_end, packed, sums);
    if (p->has_relu_quant) {
      eg_relu_2x3_armv6m(sums, packed, output, second, output + channels);
      packed += 18;
    } else {
      requantize(&p->activation, sums, packed, output, second, channels);
      packed += 15;
    }
    output += channels;
  }
}
