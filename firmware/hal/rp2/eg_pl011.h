/* Arm's PrimeCell UART (PL011 TRM DDI 0183), which the RP2040 and RP2350 have. */
#ifndef EG_PL011_H
#define EG_PL011_H

#include <stdint.h>

void eg_pl011_init(uint32_t base, uint32_t clock_hz, uint32_t baud);
void eg_pl011_write(uint32_t base, const char* bytes, uint32_t count);
/* `interrupt` is the UART's number; where nothing has come, the core sleeps until it is pending. */
int eg_pl011_read(uint32_t base, uint32_t interrupt);

#endif
