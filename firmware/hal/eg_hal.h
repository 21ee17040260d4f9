/* What the application needs of a chip. Each port (one folder here) implements it. */
#ifndef EG_HAL_H
#define EG_HAL_H

#include <stdint.h>

/* Brings up the console first, then clock, caches, cycle counter and watchdog policy. */
void eg_hal_init(void);
/* Sends `count` bytes; returns when the last one is in the transmitter. Safe in a fault handler. */
void eg_hal_write(const char* bytes, uint32_t count);
/* The next received byte, or -1 when there is none yet. */
int eg_hal_read(void);
/* Free-running core cycles (wraps at 2^32), or 0 always where the core can't count. */
uint32_t eg_hal_cycles(void);
/* Core clock in Hz after eg_hal_init. */
uint32_t eg_hal_clock_hz(void);
/* Ends a simulated run with an exit status; resets a real board. */
void eg_hal_exit(int status);
/* Name of the port, as the boot record shows it. */
const char* eg_hal_name(void);

/* Bounds of the stack, from the linker script (or the host's start-up). The stack grows down from eg_stack_top. */
extern uint8_t eg_stack_limit[];
extern uint8_t eg_stack_top[];

#endif
