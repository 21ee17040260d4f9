/* QEMU's mps2-an505: a Cortex-M33 and a UART, to run a board's own objects. The core starts in secure state; addresses
 * are those of that state (application note AN505, section 3). */
#include "eg_app.h"
#include "eg_cmsdk_uart.h"
#include "eg_hal.h"

#define EG_UART0 0x50200000u
#define EG_UART0_RX_INTERRUPT 32u
#define EG_PERIPHERAL_CLOCK_HZ 20000000u

void eg_hal_init(void) { eg_cmsdk_uart_init(EG_UART0, EG_PERIPHERAL_CLOCK_HZ, eg_console_baud); }

void eg_hal_write(const char* bytes, uint32_t count) { eg_cmsdk_uart_write(EG_UART0, bytes, count); }

int eg_hal_read(void) { return eg_cmsdk_uart_read(EG_UART0, EG_UART0_RX_INTERRUPT); }

uint32_t eg_hal_clock_hz(void) { return EG_PERIPHERAL_CLOCK_HZ; }

const char* eg_hal_name(void) { return "sim_mps2_an505"; }
