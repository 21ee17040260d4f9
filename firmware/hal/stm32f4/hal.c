/* STM32F405/407 (reference manual RM0090) and F446 (RM0390): the console that the profile names, the profile's clock
 * from the internal oscillator. Sections are RM0090's; what the F446 has more is marked.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_stm32.h"

#define EG_HSI_HZ 16000000u
/* Over it the F446's over-drive is needed; the F405 and F407 end here. */
#define EG_OVER_DRIVE_HZ 168000000u

#define EG_RCC 0x40023800u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_PLLCFGR EG_REGISTER(EG_RCC + 0x04u)
#define EG_RCC_CFGR EG_REGISTER(EG_RCC + 0x08u)
#define EG_RCC_AHB1ENR (EG_RCC + 0x30u)
#define EG_RCC_APB1ENR (EG_RCC + 0x40u)
#define EG_RCC_APB2ENR (EG_RCC + 0x44u)
#define EG_PWR_CR EG_REGISTER(0x40007000u)
#define EG_PWR_CSR EG_REGISTER(0x40007004u)
#define EG_FLASH_ACR EG_REGISTER(0x40023C00u)
#define EG_GPIOA 0x40020000u
#define EG_APB2 0x40010000u
#define EG_SR_TC (1u << 6)

/* Interrupts: section 12.2, table 62. */
static const eg_stm32_uart uarts[] = {
    {"USART1", 0x40011000u, EG_RCC_APB2ENR, 4, 37, 7},  {"USART2", 0x40004400u, EG_RCC_APB1ENR, 17, 38, 7},
    {"USART3", 0x40004800u, EG_RCC_APB1ENR, 18, 39, 7}, {"UART4", 0x40004C00u, EG_RCC_APB1ENR, 19, 52, 8},
    {"UART5", 0x40005000u, EG_RCC_APB1ENR, 20, 53, 8},  {"USART6", 0x40011400u, EG_RCC_APB2ENR, 5, 71, 8},
};

static const eg_stm32_uart* console;
static uint32_t clock_hz = EG_HSI_HZ;

/* USARTDIV in 1/16 (section 30.3.4) is the bus clock over the baud rate. */
static void set_baud(uint32_t bus_hz) { EG_REGISTER(console->base + EG_STM32_V1_BRR) = eg_stm32_divisor(bus_hz); }

static void start_console(void) {
  console = eg_stm32_find_uart(uarts, sizeof(uarts) / sizeof(uarts[0]));
  eg_stm32_open_pins(EG_GPIOA, EG_RCC_AHB1ENR, console);
  set_baud(EG_HSI_HZ);
  eg_stm32_v1_start(console->base);
}

/* F446, RM0390 section 5.1.4: over-drive on, then the regulator switched to it, before the system clock follows. */
static int start_over_drive(void) {
  EG_PWR_CR |= 1u << 16; /* ODEN */
  if (!eg_wait_for(&EG_PWR_CSR, 1u << 16, 1u << 16)) return 0;
  EG_PWR_CR |= 1u << 17; /* ODSWEN */
  return eg_wait_for(&EG_PWR_CSR, 1u << 17, 1u << 17);
}

/* 16 MHz / M 8 * N / P 2 = N MHz (section 7.3.2): the VCO takes 2 MHz and gives 100 to 432. */
static void raise_clock(void) {
  const uint32_t n = eg_board_clock_hz / 1000000u;
  if (n < 50u || n > 180u) return;
  if (!eg_wait_for(&EG_RCC_CR, 1u << 1, 1u << 1)) return; /* HSIRDY */
  EG_REGISTER(EG_RCC_APB1ENR) |= 1u << 28;                /* PWREN */
  (void)EG_REGISTER(EG_RCC_APB1ENR);
  EG_PWR_CR |= 3u << 14; /* VOS: scale 1, for over 144 MHz (section 5.4.1; one bit on the F405) */
  /* Q 9 keeps USB's clock below 48 MHz; bits 28 to 30 are R on the F446 (at least 2), and so at reset on all. */
  EG_RCC_PLLCFGR = 8u | (n << 6) | (0u << 16) | (9u << 24) | (2u << 28);
  EG_RCC_CR |= 1u << 24; /* PLLON */
  if (!eg_wait_for(&EG_RCC_CR, 1u << 25, 1u << 25)) return;
  if (n * 1000000u > EG_OVER_DRIVE_HZ && !start_over_drive()) return;
  /* A wait state for each 30 MHz at 2.7 to 3.6 V (section 3.5.1, table 10), prefetch and both caches. */
  const uint32_t wait_states = (n - 1u) / 30u;
  EG_FLASH_ACR = wait_states | (1u << 8) | (1u << 9) | (1u << 10);
  if (!eg_wait_for(&EG_FLASH_ACR, 7u, wait_states)) return;
  /* APB1 at a quarter (at most 42 or 45 MHz), APB2 at half (at most 84 or 90), then the PLL as system clock (section
   * 7.3.3). What is still in the transmitter goes out at the old clock first. */
  (void)eg_wait_for(&EG_REGISTER(console->base), EG_SR_TC, EG_SR_TC);
  eg_set_field(&EG_RCC_CFGR, 0xFC00u, (5u << 10) | (4u << 13));
  eg_set_field(&EG_RCC_CFGR, 3u, 2u);
  if (eg_wait_for(&EG_RCC_CFGR, 0xCu, 0x8u)) {
    clock_hz = n * 1000000u;
    set_baud(console->base >= EG_APB2 ? clock_hz / 2u : clock_hz / 4u);
  } else {
    eg_set_field(&EG_RCC_CFGR, 0xFC03u, 0u);
  }
}

void eg_hal_init(void) {
  start_console();
  raise_clock();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_stm32_v1_write(console->base, bytes, count); }

int eg_hal_read(void) { return eg_stm32_v1_read(console->base, console->interrupt); }

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32f4"; }
