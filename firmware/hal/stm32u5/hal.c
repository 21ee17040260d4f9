/* STM32U575 and U585 (reference manual RM0456), TrustZone off as delivered: the console that the profile names, 160 MHz
 * from the internal oscillator, the instruction cache.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_stm32.h"

#define EG_MSI_HZ 4000000u
#define EG_HSI16_HZ 16000000u

#define EG_RCC 0x46020C00u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_CFGR1 EG_REGISTER(EG_RCC + 0x1Cu)
#define EG_RCC_PLL1CFGR EG_REGISTER(EG_RCC + 0x28u)
#define EG_RCC_PLL1DIVR EG_REGISTER(EG_RCC + 0x34u)
#define EG_RCC_AHB2ENR1 (EG_RCC + 0x8Cu)
#define EG_RCC_AHB3ENR EG_REGISTER(EG_RCC + 0x94u)
#define EG_RCC_APB1ENR1 (EG_RCC + 0x9Cu)
#define EG_RCC_APB2ENR (EG_RCC + 0xA4u)
#define EG_RCC_CCIPR1 EG_REGISTER(EG_RCC + 0xE0u)
#define EG_PWR_VOSR EG_REGISTER(0x4602080Cu)
#define EG_FLASH_ACR EG_REGISTER(0x40022000u)
#define EG_ICACHE_CR EG_REGISTER(0x40030400u)
#define EG_GPIOA 0x42020000u

/* Interrupts: RM0456, vector table in chapter NVIC. */
static const eg_stm32_uart uarts[] = {
    {"USART1", 0x40013800u, EG_RCC_APB2ENR, 14, 61, 7},  {"USART2", 0x40004400u, EG_RCC_APB1ENR1, 17, 62, 7},
    {"USART3", 0x40004800u, EG_RCC_APB1ENR1, 18, 63, 7}, {"UART4", 0x40004C00u, EG_RCC_APB1ENR1, 19, 64, 8},
    {"UART5", 0x40005000u, EG_RCC_APB1ENR1, 20, 65, 8},
};

static const eg_stm32_uart* console;
static uint32_t clock_hz = EG_MSI_HZ;

/* The console runs on HSI16, not on the bus clock: its baud rate holds whatever becomes of the PLL. */
static void start_console(void) {
  EG_RCC_CR |= 1u << 8; /* HSION */
  (void)eg_wait_for(&EG_RCC_CR, 1u << 10, 1u << 10);
  console = eg_stm32_find_uart(uarts, sizeof(uarts) / sizeof(uarts[0]));
  eg_stm32_open_pins(EG_GPIOA, EG_RCC_AHB2ENR1, console);
  eg_set_field(&EG_RCC_CCIPR1, 0x3FFu, 0x2AAu); /* all five from HSI16 */
  eg_stm32_v2_start(console->base, eg_stm32_divisor(EG_HSI16_HZ), 1);
}

/* 16 MHz / M 1 * N 20 / R 2 = 160 MHz (RCC_PLL1DIVR). */
static void raise_clock(void) {
  EG_RCC_AHB3ENR |= 1u << 2; /* PWR */
  (void)EG_RCC_AHB3ENR;
  /* PLL1SRC HSI16, PLL1RGE 8 to 16 MHz, M 1, PLL1MBOOST 1: the booster takes 4 to 16 MHz, and needs its clock chosen
   * before it is switched on (PWR chapter, EPOD booster). */
  EG_RCC_PLL1CFGR = 2u | (3u << 2);
  EG_RCC_PLL1DIVR = (20u - 1u) | (1u << 9) | (1u << 16) | ((2u - 1u) << 24);
  eg_set_field(&EG_PWR_VOSR, 3u << 16, 3u << 16); /* range 1, for over 110 MHz */
  if (!eg_wait_for(&EG_PWR_VOSR, 1u << 15, 1u << 15)) return;
  EG_PWR_VOSR |= 1u << 18; /* BOOSTEN, for over 55 MHz */
  if (!eg_wait_for(&EG_PWR_VOSR, 1u << 14, 1u << 14)) return;
  EG_RCC_CR |= 1u << 24; /* PLL1ON */
  EG_RCC_PLL1CFGR |= 1u << 18;
  if (!eg_wait_for(&EG_RCC_CR, 1u << 25, 1u << 25)) return;
  /* Four wait states for 160 MHz in range 1 (FLASH chapter, table of wait states), and prefetch. */
  EG_FLASH_ACR = 4u | (1u << 8);
  if (!eg_wait_for(&EG_FLASH_ACR, 0xFu, 4u)) return;
  eg_set_field(&EG_RCC_CFGR1, 3u, 3u);
  if (eg_wait_for(&EG_RCC_CFGR1, 3u << 2, 3u << 2)) clock_hz = 160000000u;
}

void eg_hal_init(void) {
  start_console();
  raise_clock();
  EG_ICACHE_CR |= 1u; /* EN; invalidated by reset (ICACHE chapter) */
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_stm32_v2_write(console->base, bytes, count); }

int eg_hal_read(void) { return eg_stm32_v2_read(console->base, console->interrupt); }

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32u5"; }
