/* What the Xtensa ports share, and what start-up code in assembler calls. */
#ifndef EG_XTENSA_H
#define EG_XTENSA_H

#include <stdint.h>

/* The registers at an exception. The assembler knows the offsets: words, in this order. */
typedef struct {
  uint32_t a[16];
  uint32_t pc;
  uint32_t ps;
  uint32_t cause;
  uint32_t address;
  uint32_t stack_top; /* set at start-up: where the report of a fault finds its stack */
} eg_xtensa_frame_type;

extern eg_xtensa_frame_type eg_xtensa_frame;

/* The core's cycle counter. */
static inline uint32_t eg_xtensa_cycles(void) {
  uint32_t cycles;
  __asm__ volatile("rsr %0, ccount" : "=r"(cycles)::"memory");
  return cycles;
}

#endif
