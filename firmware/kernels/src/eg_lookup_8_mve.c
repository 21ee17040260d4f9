#include "eg_lookup_8_mve.h"

#include <arm_mve.h>

void eg_lookup_8_mve(const uint8_t* table, const void* input, void* output, int32_t count) {
  const uint8_t* from = (const uint8_t*)input;
  uint8_t* to = (uint8_t*)output;
  for (; count > 0; count -= 16, from += 16, to += 16) {
    const mve_pred16_t live = vctp8q((uint32_t)count);
    vstrbq_p_u8(to, vldrbq_gather_offset_z_u8(table, vldrbq_z_u8(from, live), live), live);
  }
}
