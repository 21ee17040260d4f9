#include "eg_depthwise_taps_body_armv7em.h"
#include "eg_depthwise_taps_s8_armv7em.h"

EG_DEPTHWISE_TAPS_BLOCK(eg_depthwise_taps_block_shift_s8_armv7em, EG_DW_SHIFT(EG_DW_LOAD_BASE, EG_DW_BY_R11))
