/* Nordic's UART without EasyDMA (nRF51 Series Reference Manual, chapter 29; nRF52840 product specification, section
 * UART), the same at the same address on nRF51 and nRF52. */
#ifndef EG_NRF_UART_H
#define EG_NRF_UART_H

#include <stdint.h>

/* Pins: 32 a port. Their registers are the caller's. */
void eg_nrf_uart_init(uint32_t tx_pin, uint32_t rx_pin, uint32_t baud);
void eg_nrf_uart_write(const char* bytes, uint32_t count);
int eg_nrf_uart_read(void);

#endif
