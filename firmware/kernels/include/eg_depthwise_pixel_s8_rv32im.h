#ifndef EG_DEPTHWISE_PIXEL_S8_RV32IM_H
#define EG_DEPTHWISE_PIXEL_S8_RV32IM_H

#include "eg_requantize_rv32im.h"

typedef struct {
  int32_t taps;
  int32_t channels;
  int32_t low; /* activation range */
  int32_t high;
  int32_t is_relu; /* the output's zero point is `low` */
} eg_depthwise_pixel_rv32im_params;

/* DEPTHWISE_CONV_2D in int8 with one output pixel, whose window is a run of the input: input and weights
 * [taps][channels]. The output may lie below the input or where it begins. */
void eg_depthwise_pixel_s8_rv32im(const eg_depthwise_pixel_rv32im_params* params, const int8_t* input,
                                  const int8_t* weights, const eg_quant_rv32im* quant, int8_t* output);

#endif
