/* What the newer ESP32 chips (C3, C6, S3) share: UART0, which the ROM has set up for its own log, and watchdogs. */
#ifndef EG_ESP_H
#define EG_ESP_H

#include <stdint.h>

#define EG_CRYSTAL_HZ 40000000u

/* From the linker script: the constants in the address space, page-aligned at the start, and (as a symbol's value)
 * their place in flash. */
extern const uint8_t eg_flash_constants_start[], eg_flash_constants_end[], eg_flash_constants_offset[];
/* 64 KB pages that the constants fill. */
uint32_t eg_esp_constant_pages(void);

/* Sets the divider for a UART that counts the crystal; it takes effect by the bit `update` of a register. */
void eg_esp_uart_init(uint32_t baud, uint32_t update_register, uint32_t update);
void eg_esp_uart_write(const char* bytes, uint32_t count);
int eg_esp_uart_read(void);
/* Returns when the last byte is on the line. */
void eg_esp_uart_drain(void);

/* Switches a watchdog off: `protect` takes the key first. */
void eg_esp_stop_watchdog(uint32_t protect, uint32_t config);

#endif
