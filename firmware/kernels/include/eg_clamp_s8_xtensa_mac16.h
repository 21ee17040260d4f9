#ifndef EG_CLAMP_S8_XTENSA_MAC16_H
#define EG_CLAMP_S8_XTENSA_MAC16_H

#include "eg_common.h"

/* Limits `count` int8 values to [activation_min, activation_max] where they are. */
void eg_clamp_s8_xtensa_mac16(int32_t count, int32_t activation_min, int32_t activation_max, int8_t* values);

#endif
