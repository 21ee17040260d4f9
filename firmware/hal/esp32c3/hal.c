/* ESP32-C3 without a vendor bootloader: the ROM has loaded code and data to RAM and set up UART0 for its own log.
 *
 * Register addresses: ESP32-C3 Technical Reference Manual (clock 6.2.4.1, UART 26, watchdogs 12, cache and MMU 3).
 * ROM functions: the ROM's public symbol list. Clock and flash mapping were never run on silicon. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_bits.h"
#include "eg_esp.h"
#include "eg_hal.h"

#define EG_CLOCK_HZ 160000000u
#define EG_SUPER_WATCHDOG_KEY 0x8F1D312Au

#define EG_UART_CLK_CONF EG_REGISTER(0x60000078u)
#define EG_UART_ID 0x60000080u
#define EG_SYSTEM_CPU_PER_CONF EG_REGISTER(0x600C0008u)
#define EG_SYSTEM_SYSCLK_CONF EG_REGISTER(0x600C0058u)
#define EG_CACHE_CTRL1 EG_REGISTER(0x600C4004u)

typedef uint32_t (*eg_rom_suspend_function)(void);
typedef void (*eg_rom_resume_function)(uint32_t autoload);
typedef void (*eg_rom_invalidate_function)(void);
typedef int (*eg_rom_map_function)(uint32_t memory, uint32_t address, uint32_t flash, uint32_t page_kb, uint32_t pages,
                                   uint32_t fixed);

static void map_constants(void) {
  const uint32_t pages = eg_esp_constant_pages();
  if (pages == 0u) return;
  const uint32_t autoload = ((eg_rom_suspend_function)0x40000524u)(); /* Cache_Suspend_ICache */
  ((eg_rom_map_function)0x40000564u)(0, (uint32_t)(uintptr_t)eg_flash_constants_start,
                                     (uint32_t)(uintptr_t)eg_flash_constants_offset, 64, pages,
                                     0);           /* Cache_Dbus_MMU_Set */
  ((eg_rom_invalidate_function)0x400004D8u)();     /* Cache_Invalidate_ICache_All */
  EG_CACHE_CTRL1 &= ~3u;                           /* both buses open */
  ((eg_rom_resume_function)0x40000528u)(autoload); /* Cache_Resume_ICache */
}

void eg_hal_init(void) {
  /* The UART runs from the crystal, so that the core's clock does not matter to it. */
  eg_set_field(&EG_UART_CLK_CONF, 0x003FFFFFu, 3u << 20);
  eg_esp_uart_init(eg_console_baud, EG_UART_ID, 1u << 31);
  /* Watchdogs off: an inference may take longer than any of them waits, and nothing here feeds them. */
  eg_esp_stop_watchdog(0x600080A8u, 0x60008090u); /* RTC */
  eg_esp_stop_watchdog(0x6001F064u, 0x6001F048u); /* timer group 0 */
  eg_esp_stop_watchdog(0x60020064u, 0x60020048u); /* timer group 1 */
  EG_REGISTER(0x600080B0u) = EG_SUPER_WATCHDOG_KEY;
  EG_REGISTER(0x600080ACu) |= 1u << 31; /* the super watchdog feeds itself */
  EG_REGISTER(0x600080B0u) = 0;
  /* 160 MHz: the PLL's 480 MHz, a third of it for the core. */
  eg_set_field(&EG_SYSTEM_CPU_PER_CONF, 7u, 4u | 1u);
  eg_set_field(&EG_SYSTEM_SYSCLK_CONF, 0xFFFu, 1u << 10);
  /* The performance counter counts cycles (mpcer) and runs (mpcmr). */
  __asm__ volatile("csrw 0x7E0, %0\n csrw 0x7E1, %0" ::"r"(1));
  map_constants();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_esp_uart_write(bytes, count); }

int eg_hal_read(void) { return eg_esp_uart_read(); }

uint32_t eg_hal_cycles(void) {
  uint32_t cycles;
  __asm__ volatile("csrr %0, 0x7E2" : "=r"(cycles)::"memory");
  return cycles;
}

uint32_t eg_hal_clock_hz(void) { return EG_CLOCK_HZ; }

void eg_hal_exit(int status) {
  (void)status;
  eg_esp_uart_drain();
  EG_REGISTER(0x60008000u) |= 1u << 31; /* RTC_CNTL_OPTIONS0: software system reset */
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "esp32c3"; }
