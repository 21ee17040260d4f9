/* Register access and bounded waiting, for the ports. */
#ifndef EG_BITS_H
#define EG_BITS_H

#include <stdint.h>

#define EG_REGISTER(address) (*(volatile uint32_t*)(uintptr_t)(address))

static inline void eg_set_field(volatile uint32_t* reg, uint32_t mask, uint32_t value) {
  *reg = (*reg & ~mask) | value;
}

/* Waits until the bits in `mask` read `value`. Gives up, and returns 0, after a bounded number of reads: a clock that
 * never starts must end in a slower board that says so, not in a silent one. */
static inline int eg_wait_for(const volatile uint32_t* reg, uint32_t mask, uint32_t value) {
  for (uint32_t tries = 0; tries < 100000u; ++tries) {
    if ((*reg & mask) == value) return 1;
  }
  return 0;
}

#endif
