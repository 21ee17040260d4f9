#ifndef EG_DOT_S8_MVE_H
#define EG_DOT_S8_MVE_H

#include <arm_mve.h>

#include "eg_common.h"

/* acc plus the sum of a[i] * (b[i] + offset), modulo 2^32. */
EG_INLINE int32_t eg_dot_s8_mve(const int8_t* a, const int8_t* b, int32_t offset, int32_t count, int32_t acc) {
  int32_t sum = 0;
  for (; count > 0; count -= 16, a += 16, b += 16) {
    const mve_pred16_t live = vctp8q((uint32_t)count);
    const int8x16_t values = vldrbq_z_s8(a, live);
    acc = vmladavaq_p_s8(acc, values, vldrbq_z_s8(b, live), live);
    sum = vaddvaq_p_s8(sum, values, live);
  }
  return eg_wrap_add(acc, eg_wrap_mul(sum, offset));
}

#endif
