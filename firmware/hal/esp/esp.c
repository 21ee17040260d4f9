/* Register addresses: Technical Reference Manuals of ESP32-C3 (UART chapter 26), ESP32-S3 (26) and ESP32-C6 (27). */
#include "eg_bits.h"
#include "eg_esp.h"

#define EG_WATCHDOG_KEY 0x50D83AA1u
#define EG_PAGE_BYTES 0x10000u
#define EG_UART_FIFO EG_REGISTER(0x60000000u)
#define EG_UART_CLKDIV EG_REGISTER(0x60000014u)
#define EG_UART_STATUS EG_REGISTER(0x6000001Cu)
#define EG_UART_FIFO_BYTES 120u

uint32_t eg_esp_constant_pages(void) {
  const uintptr_t bytes = (uintptr_t)eg_flash_constants_end - (uintptr_t)eg_flash_constants_start;
  return (bytes + EG_PAGE_BYTES - 1u) / EG_PAGE_BYTES;
}

void eg_esp_uart_init(uint32_t baud, uint32_t update_register, uint32_t update) {
  /* The divider in sixteenths: 12 bits whole, 4 bits fraction. */
  const uint32_t sixteenths = EG_CRYSTAL_HZ * 16u / baud;
  EG_UART_CLKDIV = (sixteenths >> 4) | ((sixteenths & 15u) << 20);
  EG_REGISTER(update_register) |= update;
  (void)eg_wait_for(&EG_REGISTER(update_register), update, 0);
}

void eg_esp_uart_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (((EG_UART_STATUS >> 16) & 0x3FFu) >= EG_UART_FIFO_BYTES) {
    }
    EG_UART_FIFO = (uint8_t)bytes[i];
  }
}

int eg_esp_uart_read(void) { return (EG_UART_STATUS & 0x3FFu) != 0u ? (int)(EG_UART_FIFO & 0xFFu) : -1; }

void eg_esp_uart_drain(void) {
  while (((EG_UART_STATUS >> 16) & 0x3FFu) != 0u) {
  }
}

void eg_esp_stop_watchdog(uint32_t protect, uint32_t config) {
  EG_REGISTER(protect) = EG_WATCHDOG_KEY;
  EG_REGISTER(config) = 0;
  EG_REGISTER(protect) = 0;
}
