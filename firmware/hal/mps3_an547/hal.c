/* MPS3 with FPGA image AN547 (Corstone-300, Cortex-M55). Watchdogs: off after reset, left off. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_cmsdk_uart.h"
#include "eg_hal.h"

/* UART0 in the secure address space, where the core starts (AN547, section 3). */
#define EG_UART0 0x49303000u
#define EG_UART0_RX_INTERRUPT 33u
#define EG_PERIPHERAL_CLOCK_HZ 25000000u

void eg_hal_init(void) {
  eg_cmsdk_uart_init(EG_UART0, EG_PERIPHERAL_CLOCK_HZ, eg_console_baud);
  eg_arm_enable_caches();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_cmsdk_uart_write(EG_UART0, bytes, count); }

int eg_hal_read(void) { return eg_cmsdk_uart_read(EG_UART0, EG_UART0_RX_INTERRUPT); }

/* The FPGA's clock is fixed. */
uint32_t eg_hal_clock_hz(void) { return eg_board_clock_hz; }

const char* eg_hal_name(void) { return "mps3_an547"; }
