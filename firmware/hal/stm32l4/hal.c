/* STM32L4+ (reference manual RM0432): the console that the profile names, 120 MHz from the internal oscillator.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_stm32.h"

#define EG_MSI_HZ 4000000u
#define EG_HSI16_HZ 16000000u

#define EG_RCC 0x40021000u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_CFGR EG_REGISTER(EG_RCC + 0x08u)
#define EG_RCC_PLLCFGR EG_REGISTER(EG_RCC + 0x0Cu)
#define EG_RCC_AHB2ENR (EG_RCC + 0x4Cu)
#define EG_RCC_APB1ENR1 (EG_RCC + 0x58u)
#define EG_RCC_APB1ENR2 (EG_RCC + 0x5Cu)
#define EG_RCC_APB2ENR (EG_RCC + 0x60u)
#define EG_RCC_CCIPR EG_REGISTER(EG_RCC + 0x88u)
#define EG_PWR 0x40007000u
#define EG_PWR_CR1 EG_REGISTER(EG_PWR + 0x00u)
#define EG_PWR_CR2 EG_REGISTER(EG_PWR + 0x04u)
#define EG_PWR_SR2 EG_REGISTER(EG_PWR + 0x14u)
#define EG_PWR_CR5 EG_REGISTER(EG_PWR + 0x80u)
#define EG_FLASH_ACR EG_REGISTER(0x40022000u)
#define EG_GPIOA 0x48000000u
#define EG_PORT_G 6u

/* Interrupts: vector table, section 16.3. */
static const eg_stm32_uart uarts[] = {
    {"LPUART1", 0x40008000u, EG_RCC_APB1ENR2, 0, 70, 8},
    {"USART1", 0x40013800u, EG_RCC_APB2ENR, 14, 37, 7},
    {"USART2", 0x40004400u, EG_RCC_APB1ENR1, 17, 38, 7},
    {"USART3", 0x40004800u, EG_RCC_APB1ENR1, 18, 39, 7},
};

static const eg_stm32_uart* console;
static uint32_t clock_hz = EG_MSI_HZ;

/* The console runs on HSI16, not on the bus clock: its baud rate holds whatever becomes of the PLL. */
static void start_console(void) {
  EG_RCC_CR |= 1u << 8; /* HSION (section 6.4.1) */
  (void)eg_wait_for(&EG_RCC_CR, 1u << 10, 1u << 10);
  EG_REGISTER(EG_RCC_APB1ENR1) |= 1u << 28; /* PWREN (section 6.4.20) */
  (void)EG_REGISTER(EG_RCC_APB1ENR1);
  /* IOSV: port G's pins have a supply of their own, VDDIO2 (section 5.1.3, 5.4.2). */
  if (eg_console_tx_pin / 16u == EG_PORT_G) EG_PWR_CR2 |= 1u << 9;
  console = eg_stm32_find_uart(uarts, sizeof(uarts) / sizeof(uarts[0]));
  eg_stm32_open_pins(EG_GPIOA, EG_RCC_AHB2ENR, console);
  eg_set_field(&EG_RCC_CCIPR, 0xC3Fu, 0x82Au); /* all of them from HSI16 (section 6.4.28) */
  /* LPUART1 counts 256 * clock / baud, and 256 * 16 MHz is just below 2^32. */
  eg_stm32_v2_start(console->base, eg_stm32_divisor(console == uarts ? 256u * EG_HSI16_HZ : EG_HSI16_HZ), 1);
}

/* HSI16 16 MHz / M 2 * N 30 / R 2 = 120 MHz (section 6.4.4). */
static void raise_clock(void) {
  /* Over 80 MHz range 1 must be in boost mode: R1MODE = 0 (section 5.1.8 and 5.4.5), VOS = range 1. */
  eg_set_field(&EG_PWR_CR1, 3u << 9, 1u << 9);
  if (!eg_wait_for(&EG_PWR_SR2, 1u << 10, 0u)) return; /* VOSF */
  EG_PWR_CR5 &= ~(1u << 8);
  /* Five wait states in range 1 boost (section 3.3.3), prefetch off as reset has it, both caches on. */
  eg_set_field(&EG_FLASH_ACR, 0xFu, 5u);
  EG_FLASH_ACR |= (1u << 9) | (1u << 10);
  if (!eg_wait_for(&EG_FLASH_ACR, 0xFu, 5u)) return;
  EG_RCC_PLLCFGR = 2u | (1u << 4) | (30u << 8) | (0u << 25);
  EG_RCC_CR |= 1u << 24;      /* PLLON */
  EG_RCC_PLLCFGR |= 1u << 24; /* PLLREN */
  if (!eg_wait_for(&EG_RCC_CR, 1u << 25, 1u << 25)) return;
  /* The step over 80 MHz goes by way of half the clock for at least a microsecond (section 5.1.8). */
  eg_set_field(&EG_RCC_CFGR, 0xFu << 4, 8u << 4);
  eg_set_field(&EG_RCC_CFGR, 3u, 3u);
  const int switched = eg_wait_for(&EG_RCC_CFGR, 0xCu, 0xCu);
  if (!switched) eg_set_field(&EG_RCC_CFGR, 3u, 0u);
  for (uint32_t i = 0; i < 120u; ++i) (void)EG_RCC_CFGR;
  eg_set_field(&EG_RCC_CFGR, 0xFu << 4, 0u);
  if (switched) clock_hz = 120000000u;
}

void eg_hal_init(void) {
  start_console();
  raise_clock();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_stm32_v2_write(console->base, bytes, count); }

int eg_hal_read(void) { return eg_stm32_v2_read(console->base, console->interrupt); }

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32l4"; }
