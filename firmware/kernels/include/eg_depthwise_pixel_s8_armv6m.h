#ifndef EG_DEPTHWISE_PIXEL_S8_ARMV6M_H
#define EG_DEPTHWISE_PIXEL_S8_ARMV6M_H

#include "eg_requantize_armv6m.h"

typedef struct {
  int32_t taps;
  int32_t channels;
  eg_activation_armv6m activation;
} eg_depthwise_pixel_armv6m_params;

/* DEPTHWISE_CONV_2D in int8 with one output pixel, whose window is a run of the input: input and weights
 * [taps][channels]. The output may lie below the input or where it begins. */
void eg_depthwise_pixel_s8_armv6m(const eg_depthwise_pixel_armv6m_params* params, const int8_t* input,
                                  const int8_t* weights, const eg_quant_armv6m* quant, int8_t* output);

#endif
