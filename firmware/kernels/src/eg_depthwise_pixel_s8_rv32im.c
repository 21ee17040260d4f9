#include "eg_depthwise_pixel_s8_rv32im.h"

void eg_depthwise_pixel_s8_rv32im(const eg_depthwise_pixel_rv32im_params* params, const int8_t* input,
                                  const int8_t* weights, const eg_quant_rv32im* quant, int8_t* output) {
  const eg_depthwise_pixel_rv32im_params p = *params;
  const int32_t size = p.taps * p.channels;
  int32_t c = 0;
  for (; c < p.channels / 4 * 4; c += 4) {
    const int8_t* x = input + c;
    const int8_t* w = weights + c;
    const int8_t* const end = w + size;
    int32_t acc[4] = {quant[0].bias, quant[1].bias, quant[2].bias, quant[3].bias};
    for (; w != end; x += p.channels, w += p.channels) {
      acc[0] += x[0] * w[0];
      acc[1] += x[1] * w[1];
      acc[2] += x[2] * w[2];
      acc[3] += x[3] * w[3];
    }
    for (int32_t i = 0; i < 4; ++i) *output++ = eg_requantize_rv32im(acc[i], quant++, p.low, p.high, p.is_relu);
  }
  for (; c < p.channels; ++c) {
    const int8_t* x = input + c;
    const int8_t* w = weights + c;
    const int8_t* const end = w + size;
    int32_t acc = quant->bias;
    for (; w != end; x += p.channels, w += p.channels) acc += *x * *w;
    *output++ = eg_requantize_rv32im(acc, quant++, p.low, p.high, p.is_relu);
  }
}
