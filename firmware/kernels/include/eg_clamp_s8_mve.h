#ifndef EG_CLAMP_S8_MVE_H
#define EG_CLAMP_S8_MVE_H

#include "eg_common.h"

/* Clamps `count` values in place: an activation, after kernels whose results only int8 bounds. */
void eg_clamp_s8_mve(int32_t count, int32_t activation_min, int32_t activation_max, int8_t* values);

#endif
