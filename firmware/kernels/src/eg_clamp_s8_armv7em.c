#include "eg_clamp_s8_armv7em.h"

void eg_clamp_s8_armv7em(int32_t count, int32_t low, int32_t high, int8_t* values) {
  const uint32_t lows = ((uint32_t)low & 0xFFu) * 0x01010101u, highs = ((uint32_t)high & 0xFFu) * 0x01010101u;
  const int8_t* const end = values + count;
  for (; values + 4 <= end; values += 4) {
    eg_store_word(values, eg_min_4(eg_max_4(eg_load_word(values), lows), highs));
  }
  for (; values < end; ++values) *values = (int8_t)eg_clamp(*values, low, high);
}
