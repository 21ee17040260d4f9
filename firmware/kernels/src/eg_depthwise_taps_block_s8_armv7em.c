#include "eg_depthwise_taps_body_armv7em.h"
#include "eg_depthwise_taps_s8_armv7em.h"

EG_DEPTHWISE_TAPS_BLOCK(eg_depthwise_taps_block_s8_armv7em, EG_DW_LINEAR(EG_DW_LOAD_ZERO))
