/* What the RISC-V ports share. */
#ifndef EG_RISCV_H
#define EG_RISCV_H

#include <stdint.h>

/* x1 to x31 at a trap, x1 first. */
extern uint32_t eg_riscv_registers[31];

#endif
