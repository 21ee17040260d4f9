#include "eg_clamp_s8_xtensa_mac16.h"

void eg_clamp_s8_xtensa_mac16(int32_t count, int32_t activation_min, int32_t activation_max, int8_t* values) {
  for (int8_t* const end = values + count; values != end; ++values) {
    *values = (int8_t)eg_clamp(*values, activation_min, activation_max);
  }
}
