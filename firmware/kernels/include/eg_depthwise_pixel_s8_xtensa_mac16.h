#ifndef EG_DEPTHWISE_PIXEL_S8_XTENSA_MAC16_H
#define EG_DEPTHWISE_PIXEL_S8_XTENSA_MAC16_H

#include "eg_xtensa_mac16.h"

/* DEPTHWISE_CONV_2D in int8 with one output pixel, whose window is a run of the input, [taps][channels]. `packed`: for
 * each channel bias, multiplier, rounding and right as in eg_gemm_s8_xtensa_mac16.h, then its weights as 16-bit values,
 * a zero behind an odd number of them; one word more at the end. is_signed: sums below zero are rounded as
 * eg_requantize does for right shifts of at least 1. The output may lie below the input or where it begins. */
void eg_depthwise_pixel_s8_xtensa_mac16(int32_t taps, int32_t channels, int32_t is_signed, const int8_t* input,
                                        const int32_t* packed, int8_t* output);

#endif
