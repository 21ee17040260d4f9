#include "eg_conv_2d_s8_armv6m.h"

void eg_fully_connected_s8_armv6m(const eg_conv_2d_armv6m_params* p, int32_t pixels, const int8_t* input,
                                  const uint8_t* weights, const eg_quant_armv6m* quant, int8_t* output) {
  const eg_activation_armv6m activation = p->activation;
  const int32_t depth = p->input_c;
  for (int32_t pixel = 0; pixel < pixels; ++pixel) {
    const uint8_t* w = weights;
    const eg_quant_armv6m* q = quant;
    int32_t total = 0;
    for (int32_t i = 0; i < depth; ++i) total += input[i];
    for (int32_t o = 0; o < p->output_c; o += 4) {
      int32_t sums[4];
      eg_dot_4_s8_armv6m(input, input + depth / 4 * 4, w, sums);
      w += depth / 4 * 16;
      for (int32_t i = depth / 4 * 4; i < depth; ++i) {
        for (int32_t c = 0; c < 4; ++c) sums[c] += input[i] * *w++;
      }
      for (int32_t c = 0; c < 4 && o + c < p->output_c; ++c) {
        /* The weights have 128 too much. */
        *output++ = eg_requantize_armv6m(sums[c] - 128 * total + q->bias, q, &activation);
        ++q;
      }
    }
    input += depth;
  }
}
