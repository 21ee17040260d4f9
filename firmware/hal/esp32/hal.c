/* ESP32 without a vendor bootloader: the ROM has loaded code and data to RAM and set up UART0 for its own log.
 *
 * Register addresses: ESP32 Technical Reference Manual (UART chapter 13, RTC watchdog 31, timer groups 18, MMU 26).
 * ROM functions: the ROM's public symbol list. Mapping the flash this way was never run on silicon; the clock stays
 * at the crystal's 40 MHz, where the ROM leaves it, and that is the clock the firmware reports. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_xtensa.h"

#define EG_CRYSTAL_HZ 40000000u
#define EG_WATCHDOG_KEY 0x50D83AA1u

#define EG_UART_FIFO EG_REGISTER(0x3FF40000u)
/* Writes to the FIFO go over the AHB address: fast ones are lost at the other. */
#define EG_UART_FIFO_WRITE EG_REGISTER(0x60000000u)
#define EG_UART_CLKDIV EG_REGISTER(0x3FF40014u)
#define EG_UART_STATUS EG_REGISTER(0x3FF4001Cu)
#define EG_UART_FIFO_BYTES 120u

#define EG_DPORT_PRO_CACHE_CTRL1 EG_REGISTER(0x3FF00044u)
#define EG_DPORT_BUS_BITS 0x19u /* IRAM0, IROM0 and DROM0 masked */
#define EG_PAGE_BYTES 0x10000u

typedef void (*eg_rom_cache_function)(int core);
typedef unsigned (*eg_rom_map_function)(int core, int pid, uint32_t address, uint32_t flash, int page_kb, int pages);

/* From the linker script: the constants in the address space, page-aligned at the start, and (as a symbol's value)
 * their place in flash. */
extern const uint8_t eg_flash_constants_start[], eg_flash_constants_end[], eg_flash_constants_offset[];

static void stop_watchdog(uint32_t protect, uint32_t config) {
  EG_REGISTER(protect) = EG_WATCHDOG_KEY;
  EG_REGISTER(config) = 0;
  EG_REGISTER(protect) = 0;
}

static void map_constants(void) {
  const uintptr_t start = (uintptr_t)eg_flash_constants_start;
  const uintptr_t bytes = (uintptr_t)eg_flash_constants_end - start;
  if (bytes == 0u) return;
  ((eg_rom_cache_function)0x40009AB8u)(0); /* Cache_Read_Disable */
  ((eg_rom_cache_function)0x40009A14u)(0); /* Cache_Flush */
  ((eg_rom_cache_function)0x400095A4u)(0); /* mmu_init */
  ((eg_rom_map_function)0x400095E0u)(0, 0, start, (uint32_t)(uintptr_t)eg_flash_constants_offset, 64,
                                     (int)((bytes + EG_PAGE_BYTES - 1u) / EG_PAGE_BYTES)); /* cache_flash_mmu_set */
  EG_DPORT_PRO_CACHE_CTRL1 &= ~EG_DPORT_BUS_BITS;
  ((eg_rom_cache_function)0x40009A84u)(0); /* Cache_Read_Enable */
}

void eg_hal_init(void) {
  /* The divider in sixteenths: 20 bits whole, 4 bits fraction. */
  const uint32_t sixteenths = EG_CRYSTAL_HZ * 16u / eg_console_baud;
  EG_UART_CLKDIV = (sixteenths >> 4) | ((sixteenths & 15u) << 20);
  /* Watchdogs off: an inference may take longer than any of them waits, and nothing here feeds them. */
  stop_watchdog(0x3FF480A4u, 0x3FF4808Cu); /* RTC */
  stop_watchdog(0x3FF5F064u, 0x3FF5F048u); /* timer group 0 */
  stop_watchdog(0x3FF60064u, 0x3FF60048u); /* timer group 1 */
  map_constants();
}

void eg_hal_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (((EG_UART_STATUS >> 16) & 0xFFu) >= EG_UART_FIFO_BYTES) {
    }
    EG_UART_FIFO_WRITE = (uint8_t)bytes[i];
  }
}

int eg_hal_read(void) { return (EG_UART_STATUS & 0xFFu) != 0u ? (int)(EG_UART_FIFO & 0xFFu) : -1; }

uint32_t eg_hal_cycles(void) { return eg_xtensa_cycles(); }

uint32_t eg_hal_clock_hz(void) { return EG_CRYSTAL_HZ; }

void eg_hal_exit(int status) {
  (void)status;
  while (((EG_UART_STATUS >> 16) & 0xFFu) != 0u) {
  }
  EG_REGISTER(0x3FF48000u) |= 1u << 31; /* RTC_CNTL_OPTIONS0: software system reset */
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "esp32"; }
