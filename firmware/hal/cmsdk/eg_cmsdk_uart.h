/* The UART of Arm's Cortex-M System Design Kit (TRM DDI 0479, section 4.3), which the MPS boards have. */
#ifndef EG_CMSDK_UART_H
#define EG_CMSDK_UART_H

#include <stdint.h>

void eg_cmsdk_uart_init(uint32_t base, uint32_t clock_hz, uint32_t baud);
void eg_cmsdk_uart_write(uint32_t base, const char* bytes, uint32_t count);
/* `interrupt` is the number of the receive interrupt; where nothing has come, the core sleeps until it is pending. */
int eg_cmsdk_uart_read(uint32_t base, uint32_t interrupt);

#endif
