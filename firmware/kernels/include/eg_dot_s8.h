#ifndef EG_DOT_S8_H
#define EG_DOT_S8_H

#include "eg_common.h"

/* acc plus the sum of a[i] * (b[i] + offset), modulo 2^32; offset in [-128, 128]. */
EG_INLINE int32_t eg_dot_s8(const int8_t* a, const int8_t* b, int32_t offset, int32_t count, int32_t acc) {
  uint32_t sum = (uint32_t)acc;
  for (const int8_t* const most = a + count / 4 * 4; a != most; a += 4, b += 4) {
    sum += (uint32_t)(a[0] * (b[0] + offset));
    sum += (uint32_t)(a[1] * (b[1] + offset));
    sum += (uint32_t)(a[2] * (b[2] + offset));
    sum += (uint32_t)(a[3] * (b[3] + offset));
  }
  for (int32_t i = 0; i < count % 4; ++i) sum += (uint32_t)(a[i] * (b[i] + offset));
  return (int32_t)sum;
}

#endif
