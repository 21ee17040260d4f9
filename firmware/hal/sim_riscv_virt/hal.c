/* QEMU's RISC-V `virt` machine: a 16550 UART and the test device that ends a run. */
#include <stdint.h>

#include "eg_bits.h"
#include "eg_hal.h"

#define EG_UART_DATA (*(volatile uint8_t*)0x10000000u)
#define EG_UART_LINE_STATUS (*(volatile uint8_t*)0x10000005u)
#define EG_TEST_DEVICE EG_REGISTER(0x00100000u)

void eg_hal_init(void) {}

void eg_hal_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while ((EG_UART_LINE_STATUS & 0x20u) == 0u) {
    }
    EG_UART_DATA = (uint8_t)bytes[i];
  }
}

int eg_hal_read(void) { return (EG_UART_LINE_STATUS & 1u) != 0u ? EG_UART_DATA : -1; }

/* The simulator's counter follows the clock of the machine it runs on: no cycles are better than those. */
uint32_t eg_hal_cycles(void) { return 0; }

uint32_t eg_hal_clock_hz(void) { return 10000000u; }

void eg_hal_exit(int status) {
  /* 0x5555 ends with status 0, 0x3333 with the status in the upper half. */
  EG_TEST_DEVICE = status == 0 ? 0x5555u : ((uint32_t)status << 16) | 0x3333u;
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "sim_riscv_virt"; }
