#include "eg_clamp_s8_mve.h"

#include <arm_mve.h>

void eg_clamp_s8_mve(int32_t count, int32_t activation_min, int32_t activation_max, int8_t* values) {
  const int8x16_t low = vdupq_n_s8((int8_t)activation_min), high = vdupq_n_s8((int8_t)activation_max);
  for (; count > 0; count -= 16, values += 16) {
    const mve_pred16_t live = vctp8q((uint32_t)count);
    vstrbq_p_s8(values, vminq_s8(vmaxq_s8(vldrbq_z_s8(values, live), low), high), live);
  }
}
