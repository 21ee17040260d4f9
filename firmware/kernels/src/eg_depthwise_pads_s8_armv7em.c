#include "eg_depthwise_3x3_s8_armv7em.h"

EG_NOINLINE void eg_depthwise_pads_s8_armv7em(const int8_t* pad, uint32_t* staged, int32_t plane) {
  for (int32_t i = 0; i < 4; ++i) {
    eg_depthwise_stage_s8_armv7em(pad, 0, pad, 0, 1, 0, staged + i % 2 + i / 2 * (plane - 2), 4 * plane);
  }
}
