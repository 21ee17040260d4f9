/* An activation that does more than int8's own limits, on values that a kernel for Armv7E-M has written. */
#ifndef EG_CLAMP_S8_ARMV7EM_H
#define EG_CLAMP_S8_ARMV7EM_H

#include "eg_dsp_armv7em.h"

/* The larger, or the smaller, of four bytes each. */
EG_INLINE uint32_t eg_max_4(uint32_t x, uint32_t y) {
  uint32_t z;
  __asm__("ssub8 %0, %1, %2\n sel %0, %1, %2" : "=&r"(z) : "r"(x), "r"(y) : "cc");
  return z;
}

EG_INLINE uint32_t eg_min_4(uint32_t x, uint32_t y) {
  uint32_t z;
  __asm__("ssub8 %0, %1, %2\n sel %0, %2, %1" : "=&r"(z) : "r"(x), "r"(y) : "cc");
  return z;
}

/* `count` values in place. */
void eg_clamp_s8_armv7em(int32_t count, int32_t low, int32_t high, int8_t* values);

#endif
