/* STM32H743 and H753 (reference manual RM0433), on the internal regulator: the console that the profile names, 480 MHz
 * from the internal oscillator (400 MHz on silicon before revision V), both caches.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_stm32.h"

#define EG_HSI_HZ 64000000u
#define EG_REVISION_V 0x2003u

#define EG_RCC 0x58024400u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_CFGR EG_REGISTER(EG_RCC + 0x10u)
#define EG_RCC_D1CFGR EG_REGISTER(EG_RCC + 0x18u)
#define EG_RCC_D2CFGR EG_REGISTER(EG_RCC + 0x1Cu)
#define EG_RCC_D3CFGR EG_REGISTER(EG_RCC + 0x20u)
#define EG_RCC_PLLCKSELR EG_REGISTER(EG_RCC + 0x28u)
#define EG_RCC_PLLCFGR EG_REGISTER(EG_RCC + 0x2Cu)
#define EG_RCC_PLL1DIVR EG_REGISTER(EG_RCC + 0x30u)
#define EG_RCC_D2CCIP2R EG_REGISTER(EG_RCC + 0x54u)
#define EG_RCC_AHB2ENR EG_REGISTER(EG_RCC + 0xDCu)
#define EG_RCC_AHB4ENR (EG_RCC + 0xE0u)
#define EG_RCC_APB1LENR (EG_RCC + 0xE8u)
#define EG_RCC_APB2ENR (EG_RCC + 0xF0u)
#define EG_RCC_APB4ENR EG_REGISTER(EG_RCC + 0xF4u)
#define EG_PWR_CSR1 EG_REGISTER(0x58024804u)
#define EG_PWR_CR3 EG_REGISTER(0x5802480Cu)
#define EG_PWR_D3CR EG_REGISTER(0x58024818u)
#define EG_SYSCFG_PWRCR EG_REGISTER(0x5800042Cu)
#define EG_FLASH_ACR EG_REGISTER(0x52002000u)
#define EG_DBGMCU_IDC EG_REGISTER(0x5C001000u)
#define EG_GPIOA 0x58020000u
#define EG_VOSRDY (1u << 13)

/* Interrupts: RM0433, vector table in chapter NVIC. */
static const eg_stm32_uart uarts[] = {
    {"USART1", 0x40011000u, EG_RCC_APB2ENR, 4, 37, 7},   {"USART2", 0x40004400u, EG_RCC_APB1LENR, 17, 38, 7},
    {"USART3", 0x40004800u, EG_RCC_APB1LENR, 18, 39, 7}, {"UART4", 0x40004C00u, EG_RCC_APB1LENR, 19, 52, 8},
    {"UART5", 0x40005000u, EG_RCC_APB1LENR, 20, 53, 8},  {"USART6", 0x40011400u, EG_RCC_APB2ENR, 5, 71, 7},
    {"UART7", 0x40007800u, EG_RCC_APB1LENR, 30, 82, 7},  {"UART8", 0x40007C00u, EG_RCC_APB1LENR, 31, 83, 8},
};

static const eg_stm32_uart* console;
static uint32_t clock_hz = EG_HSI_HZ;

/* The console runs on the HSI, not on the bus clock: its baud rate holds whatever becomes of the PLL. */
static void start_console(void) {
  console = eg_stm32_find_uart(uarts, sizeof(uarts) / sizeof(uarts[0]));
  eg_stm32_open_pins(EG_GPIOA, EG_RCC_AHB4ENR, console);
  eg_set_field(&EG_RCC_D2CCIP2R, 0x3Fu, (3u << 3) | 3u); /* USART1 and 6, and all others, from the HSI */
  eg_stm32_v2_start(console->base, eg_stm32_divisor(EG_HSI_HZ), 1);
}

/* RM0433, PWR chapter, voltage scaling: the supply is confirmed once, then scale 1, then (revision V) scale 0. */
static int raise_voltage(int scale_0) {
  eg_set_field(&EG_PWR_CR3, 7u, 1u << 1); /* LDOEN, and the register locked by SCUEN = 0 */
  if (!eg_wait_for(&EG_PWR_CSR1, EG_VOSRDY, EG_VOSRDY)) return 0;
  eg_set_field(&EG_PWR_D3CR, 3u << 14, 3u << 14);
  if (!eg_wait_for(&EG_PWR_D3CR, EG_VOSRDY, EG_VOSRDY)) return 0;
  if (!scale_0) return 1;
  EG_RCC_APB4ENR |= 1u << 1; /* SYSCFG */
  (void)EG_RCC_APB4ENR;
  EG_SYSCFG_PWRCR |= 1u; /* ODEN */
  return eg_wait_for(&EG_PWR_D3CR, EG_VOSRDY, EG_VOSRDY);
}

/* 64 MHz / M 4 * N / P 2: N 60 for 480 MHz, 50 for 400 (RCC_PLL1DIVR). Buses at half the core's clock and that halved
 * again. */
static void raise_clock(void) {
  const int revision_v = (EG_DBGMCU_IDC >> 16) >= EG_REVISION_V;
  const uint32_t n = revision_v ? 60u : 50u;
  if (!raise_voltage(revision_v)) return;
  EG_RCC_PLLCKSELR = (EG_RCC_PLLCKSELR & ~0x3F3u) | (4u << 4);
  eg_set_field(&EG_RCC_PLLCFGR, 0xFu, 3u << 2); /* input 8 to 16 MHz, wide VCO, no fraction */
  EG_RCC_PLLCFGR |= 1u << 16;                   /* DIVP1EN */
  EG_RCC_PLL1DIVR = (n - 1u) | (1u << 9) | (1u << 16) | (1u << 24);
  EG_RCC_CR |= 1u << 24; /* PLL1ON */
  if (!eg_wait_for(&EG_RCC_CR, 1u << 25, 1u << 25)) return;
  /* Flash at 240 MHz and scale 0: four wait states, delay 2 (FLASH chapter, table of wait states); 200 MHz and scale 1
   * are content with less. */
  EG_FLASH_ACR = 4u | (2u << 4);
  if (!eg_wait_for(&EG_FLASH_ACR, 0xFu, 4u)) return;
  eg_set_field(&EG_RCC_D1CFGR, 0xF7Fu, 8u | (4u << 4)); /* core 1, AXI and AHB 1/2, APB3 1/4 */
  eg_set_field(&EG_RCC_D2CFGR, 0x770u, (4u << 4) | (4u << 8));
  eg_set_field(&EG_RCC_D3CFGR, 0x70u, 4u << 4);
  eg_set_field(&EG_RCC_CFGR, 7u, 3u);
  if (eg_wait_for(&EG_RCC_CFGR, 7u << 3, 3u << 3)) clock_hz = 8000000u * n;
}

void eg_hal_init(void) {
  start_console();
  raise_clock();
  eg_arm_enable_caches();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_stm32_v2_write(console->base, bytes, count); }

int eg_hal_read(void) { return eg_stm32_v2_read(console->base, console->interrupt); }

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32h7"; }
