#ifndef EG_COPY_BODY_MVE_H
#define EG_COPY_BODY_MVE_H

#include <arm_mve.h>

#include "eg_common.h"

EG_INLINE void eg_copy_mve(int8_t* to, const int8_t* from, int32_t count) {
  for (; count > 0; count -= 16, to += 16, from += 16) {
    const mve_pred16_t live = vctp8q((uint32_t)count);
    vstrbq_p_s8(to, vldrbq_z_s8(from, live), live);
  }
}

EG_INLINE void eg_fill_mve(int8_t* to, int32_t value, int32_t count) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; count -= 16, to += 16) vstrbq_p_s8(to, values, vctp8q((uint32_t)count));
}

#endif
