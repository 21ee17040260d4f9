#include "eg_depthwise_pixel_s8_armv6m.h"

/* Never inlined: it keeps all low registers busy. */
static EG_NOINLINE int32_t dot(const int8_t* input, const int8_t* weights, int32_t taps, int32_t step, int32_t sum) {
  const int8_t* const end = weights + taps * step;
  for (; weights != end; input += step, weights += step) sum += *input * *weights;
  return sum;
}

void eg_depthwise_pixel_s8_armv6m(const eg_depthwise_pixel_armv6m_params* params, const int8_t* input,
                                  const int8_t* weights, const eg_quant_armv6m* quant, int8_t* output) {
  for (int32_t c = 0; c < params->channels; ++c) {
    const int32_t acc = dot(input++, weights++, params->taps, params->channels, quant->bias);
    *output++ = eg_requantize_armv6m(acc, quant++, &params->activation);
  }
}
