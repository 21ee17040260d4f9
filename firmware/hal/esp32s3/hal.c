/* ESP32-S3 without a vendor bootloader: the ROM has loaded code and data to RAM and set up UART0 for its own log. The
 * second core stays off.
 *
 * Register addresses: ESP32-S3 Technical Reference Manual (clock 7, UART 26, watchdogs 13, memory 4). ROM functions:
 * the ROM's public symbol list. Flash mapping was never run on silicon; the clock is set to the crystal's 40 MHz, and
 * that is the clock the firmware reports. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_bits.h"
#include "eg_esp.h"
#include "eg_hal.h"
#include "eg_xtensa.h"

#define EG_SUPER_WATCHDOG_KEY 0x8F1D312Au

#define EG_UART_CLK_CONF EG_REGISTER(0x60000078u)
#define EG_UART_ID 0x60000080u
#define EG_SYSTEM_SYSCLK_CONF EG_REGISTER(0x600C0060u)
#define EG_DCACHE_CTRL1 EG_REGISTER(0x600C4004u)

typedef void (*eg_rom_cache_function)(void);
typedef void (*eg_rom_enable_function)(uint32_t autoload);
typedef int (*eg_rom_map_function)(uint32_t memory, uint32_t address, uint32_t flash, uint32_t page_kb, uint32_t pages,
                                   uint32_t fixed);

static void map_constants(void) {
  const uint32_t pages = eg_esp_constant_pages();
  if (pages == 0u) return;
  ((eg_rom_cache_function)0x40001668u)(); /* ROM_Boot_Cache_Init: memory and tables of both caches */
  ((eg_rom_map_function)0x400019B0u)(0, (uint32_t)(uintptr_t)eg_flash_constants_start,
                                     (uint32_t)(uintptr_t)eg_flash_constants_offset, 64, pages,
                                     0);    /* Cache_Dbus_MMU_Set */
  ((eg_rom_cache_function)0x400016E0u)();   /* Cache_Invalidate_DCache_All */
  EG_DCACHE_CTRL1 &= ~1u;                   /* this core's bus open */
  ((eg_rom_enable_function)0x40001890u)(0); /* Cache_Enable_DCache */
}

void eg_hal_init(void) {
  /* The UART runs from the crystal, so that the core's clock does not matter to it. */
  eg_set_field(&EG_UART_CLK_CONF, 0x003FFFFFu, 3u << 20);
  eg_esp_uart_init(eg_console_baud, EG_UART_ID, 1u << 31);
  /* Watchdogs off: an inference may take longer than any of them waits, and nothing here feeds them. */
  eg_esp_stop_watchdog(0x600080B0u, 0x60008098u); /* RTC */
  eg_esp_stop_watchdog(0x6001F064u, 0x6001F048u); /* timer group 0 */
  eg_esp_stop_watchdog(0x60020064u, 0x60020048u); /* timer group 1 */
  EG_REGISTER(0x600080B8u) = EG_SUPER_WATCHDOG_KEY;
  EG_REGISTER(0x600080B4u) |= 1u << 31; /* the super watchdog feeds itself */
  EG_REGISTER(0x600080B8u) = 0;
  eg_set_field(&EG_SYSTEM_SYSCLK_CONF, 0xFFFu, 0); /* the crystal, undivided */
  map_constants();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_esp_uart_write(bytes, count); }

int eg_hal_read(void) { return eg_esp_uart_read(); }

uint32_t eg_hal_cycles(void) { return eg_xtensa_cycles(); }

uint32_t eg_hal_clock_hz(void) { return EG_CRYSTAL_HZ; }

void eg_hal_exit(int status) {
  (void)status;
  eg_esp_uart_drain();
  EG_REGISTER(0x60008000u) |= 1u << 31; /* RTC_CNTL_OPTIONS0: software system reset */
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "esp32s3"; }
