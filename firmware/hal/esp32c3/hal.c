/* ESP32-C3 without a vendor bootloader: the ROM has loaded code and data to RAM and set up UART0 for its own log.
 *
 * Register addresses: ESP32-C3 Technical Reference Manual (clock 6.2.4.1, UART 26, watchdogs 12, cache and MMU 3).
 * ROM functions: the ROM's public symbol list. Clock and flash mapping were never run on silicon. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_bits.h"
#include "eg_hal.h"

#define EG_CRYSTAL_HZ 40000000u
#define EG_CLOCK_HZ 160000000u
#define EG_WATCHDOG_KEY 0x50D83AA1u
#define EG_SUPER_WATCHDOG_KEY 0x8F1D312Au

#define EG_UART_FIFO EG_REGISTER(0x60000000u)
#define EG_UART_CLKDIV EG_REGISTER(0x60000014u)
#define EG_UART_STATUS EG_REGISTER(0x6000001Cu)
#define EG_UART_CLK_CONF EG_REGISTER(0x60000078u)
#define EG_UART_ID EG_REGISTER(0x60000080u)
#define EG_UART_FIFO_BYTES 120u

#define EG_SYSTEM_CPU_PER_CONF EG_REGISTER(0x600C0008u)
#define EG_SYSTEM_SYSCLK_CONF EG_REGISTER(0x600C0058u)
#define EG_CACHE_CTRL1 EG_REGISTER(0x600C4004u)
#define EG_PAGE_BYTES 0x10000u

typedef uint32_t (*eg_rom_suspend_function)(void);
typedef void (*eg_rom_resume_function)(uint32_t autoload);
typedef void (*eg_rom_invalidate_function)(void);
typedef int (*eg_rom_map_function)(uint32_t memory, uint32_t address, uint32_t flash, uint32_t page_kb, uint32_t pages,
                                   uint32_t fixed);

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
  const uint32_t autoload = ((eg_rom_suspend_function)0x40000524u)(); /* Cache_Suspend_ICache */
  ((eg_rom_map_function)0x40000564u)(0, start, (uint32_t)(uintptr_t)eg_flash_constants_offset, 64,
                                     (bytes + EG_PAGE_BYTES - 1u) / EG_PAGE_BYTES, 0); /* Cache_Dbus_MMU_Set */
  ((eg_rom_invalidate_function)0x400004D8u)();                                         /* Cache_Invalidate_ICache_All */
  EG_CACHE_CTRL1 &= ~3u;                                                               /* both buses open */
  ((eg_rom_resume_function)0x40000528u)(autoload);                                     /* Cache_Resume_ICache */
}

void eg_hal_init(void) {
  /* The UART runs from the crystal, so that the core's clock does not matter to it. The divider is in sixteenths: 12
   * bits whole, 4 bits fraction; it takes effect by the update bit. */
  const uint32_t sixteenths = EG_CRYSTAL_HZ * 16u / eg_console_baud;
  eg_set_field(&EG_UART_CLK_CONF, 0x003FFFFFu, 3u << 20);
  EG_UART_CLKDIV = (sixteenths >> 4) | ((sixteenths & 15u) << 20);
  EG_UART_ID |= 1u << 31;
  (void)eg_wait_for(&EG_UART_ID, 1u << 31, 0);
  /* Watchdogs off: an inference may take longer than any of them waits, and nothing here feeds them. */
  stop_watchdog(0x600080A8u, 0x60008090u); /* RTC */
  stop_watchdog(0x6001F064u, 0x6001F048u); /* timer group 0 */
  stop_watchdog(0x60020064u, 0x60020048u); /* timer group 1 */
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

void eg_hal_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (((EG_UART_STATUS >> 16) & 0x3FFu) >= EG_UART_FIFO_BYTES) {
    }
    EG_UART_FIFO = (uint8_t)bytes[i];
  }
}

int eg_hal_read(void) { return (EG_UART_STATUS & 0x3FFu) != 0u ? (int)(EG_UART_FIFO & 0xFFu) : -1; }

uint32_t eg_hal_cycles(void) {
  uint32_t cycles;
  __asm__ volatile("csrr %0, 0x7E2" : "=r"(cycles)::"memory");
  return cycles;
}

uint32_t eg_hal_clock_hz(void) { return EG_CLOCK_HZ; }

void eg_hal_exit(int status) {
  (void)status;
  while (((EG_UART_STATUS >> 16) & 0x3FFu) != 0u) {
  }
  EG_REGISTER(0x60008000u) |= 1u << 31; /* RTC_CNTL_OPTIONS0: software system reset */
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "esp32c3"; }
