/* ESP32-C6 without a vendor bootloader: the ROM has loaded code and data to RAM and set up UART0 for its own log.
 *
 * Register addresses: ESP32-C6 Technical Reference Manual (PCR chapter 8, UART 27, watchdogs 14, memory 5). ROM
 * functions: the ROM's public symbol list. Flash mapping was never run on silicon; the clock is set to the crystal's
 * 40 MHz, and that is the clock the firmware reports. */
#include <stdint.h>

#include "eg_app.h"
#include "eg_bits.h"
#include "eg_esp.h"
#include "eg_hal.h"

#define EG_UART_REG_UPDATE 0x60000098u
#define EG_PCR_UART0_SCLK_CONF EG_REGISTER(0x60096004u)
#define EG_PCR_SYSCLK_CONF EG_REGISTER(0x60096110u)
#define EG_PCR_CPU_FREQ_CONF EG_REGISTER(0x60096118u)
#define EG_CACHE_CTRL EG_REGISTER(0x600C8004u)
#define EG_MMU_CONTENT EG_REGISTER(0x6000237Cu)
#define EG_MMU_INDEX EG_REGISTER(0x60002380u)
#define EG_MMU_POWER_CTRL EG_REGISTER(0x60002384u)
#define EG_MMU_VALID (1u << 9)

typedef uint32_t (*eg_rom_suspend_function)(void);
typedef void (*eg_rom_resume_function)(uint32_t autoload);
typedef void (*eg_rom_invalidate_function)(void);

/* One table of 64 KB pages serves code and data; an entry's number is the page of the address in its 16 MB. */
static void map_constants(void) {
  const uint32_t pages = eg_esp_constant_pages();
  if (pages == 0u) return;
  const uint32_t entry = ((uint32_t)(uintptr_t)eg_flash_constants_start & 0x00FFFFFFu) >> 16;
  const uint32_t page = (uint32_t)(uintptr_t)eg_flash_constants_offset >> 16;
  const uint32_t autoload = ((eg_rom_suspend_function)0x40000698u)(); /* Cache_Suspend_ICache */
  eg_set_field(&EG_MMU_POWER_CTRL, 3u << 3, 0);                       /* page size 64 KB */
  for (uint32_t i = 0; i < pages; ++i) {
    EG_MMU_INDEX = entry + i;
    EG_MMU_CONTENT = (page + i) | EG_MMU_VALID;
  }
  ((eg_rom_invalidate_function)0x4000064Cu)();     /* Cache_Invalidate_ICache_All */
  EG_CACHE_CTRL &= ~3u;                            /* both buses open */
  ((eg_rom_resume_function)0x4000069Cu)(autoload); /* Cache_Resume_ICache */
}

void eg_hal_init(void) {
  /* The UART runs from the crystal, undivided. */
  eg_set_field(&EG_PCR_UART0_SCLK_CONF, 0x003FFFFFu, 3u << 20);
  EG_PCR_UART0_SCLK_CONF |= 1u << 22;
  eg_esp_uart_init(eg_console_baud, EG_UART_REG_UPDATE, 1u);
  /* Watchdogs off: an inference may take longer than any of them waits, and nothing here feeds them. */
  eg_esp_stop_watchdog(0x600B1C18u, 0x600B1C00u); /* RTC */
  eg_esp_stop_watchdog(0x60008064u, 0x60008048u); /* timer group 0 */
  eg_esp_stop_watchdog(0x60009064u, 0x60009048u); /* timer group 1 */
  EG_REGISTER(0x600B1C20u) = 0x50D83AA1u;
  EG_REGISTER(0x600B1C1Cu) |= 1u << 18; /* the super watchdog feeds itself */
  EG_REGISTER(0x600B1C20u) = 0;
  eg_set_field(&EG_PCR_CPU_FREQ_CONF, 0xFFu, 0);  /* CPU_LS_DIV_NUM: undivided */
  eg_set_field(&EG_PCR_SYSCLK_CONF, 3u << 16, 0); /* SOC_CLK_SEL: the crystal */
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

uint32_t eg_hal_clock_hz(void) { return EG_CRYSTAL_HZ; }

void eg_hal_exit(int status) {
  (void)status;
  eg_esp_uart_drain();
  EG_REGISTER(0x600B1034u) |= 1u << 31; /* LP_AON_SYS_CFG: software system reset */
  for (;;) {
  }
}

const char* eg_hal_name(void) { return "esp32c6"; }
