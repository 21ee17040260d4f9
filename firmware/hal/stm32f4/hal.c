/* STM32F405/407 (reference manual RM0090): USART1 on PA9/PA10, 168 MHz from the internal oscillator.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"

#define EG_HSI_HZ 16000000u

#define EG_RCC 0x40023800u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_PLLCFGR EG_REGISTER(EG_RCC + 0x04u)
#define EG_RCC_CFGR EG_REGISTER(EG_RCC + 0x08u)
#define EG_RCC_AHB1ENR EG_REGISTER(EG_RCC + 0x30u)
#define EG_RCC_APB1ENR EG_REGISTER(EG_RCC + 0x40u)
#define EG_RCC_APB2ENR EG_REGISTER(EG_RCC + 0x44u)
#define EG_PWR_CR EG_REGISTER(0x40007000u)
#define EG_FLASH_ACR EG_REGISTER(0x40023C00u)
#define EG_GPIOA 0x40020000u
#define EG_GPIO_MODER EG_REGISTER(EG_GPIOA + 0x00u)
#define EG_GPIO_AFRH EG_REGISTER(EG_GPIOA + 0x24u)
#define EG_USART1 0x40011000u
#define EG_USART_SR EG_REGISTER(EG_USART1 + 0x00u)
#define EG_USART_DR EG_REGISTER(EG_USART1 + 0x04u)
#define EG_USART_BRR EG_REGISTER(EG_USART1 + 0x08u)
#define EG_USART_CR1 EG_REGISTER(EG_USART1 + 0x0Cu)
#define EG_USART1_INTERRUPT 37u /* section 12.2, table 62 */
#define EG_SR_RXNE (1u << 5)
#define EG_SR_TC (1u << 6)
#define EG_SR_TXE (1u << 7)

static uint32_t clock_hz = EG_HSI_HZ;

/* USARTDIV in 1/16 (RM0090 section 30.3.4) is the bus clock over the baud rate. */
static void set_baud(uint32_t bus_hz) { EG_USART_BRR = (bus_hz + eg_console_baud / 2u) / eg_console_baud; }

static void start_console(void) {
  EG_RCC_AHB1ENR |= 1u << 0;                   /* GPIOA (section 7.3.10) */
  EG_RCC_APB2ENR |= 1u << 4;                   /* USART1 (section 7.3.14) */
  (void)EG_RCC_APB2ENR;                        /* two cycles until the clock is there (section 7.2.15) */
  eg_set_field(&EG_GPIO_AFRH, 0xFF0u, 0x770u); /* PA9, PA10: AF7 (section 8.4.10) */
  eg_set_field(&EG_GPIO_MODER, 0xFu << 18, (2u << 18) | (2u << 20));
  set_baud(EG_HSI_HZ);
  EG_USART_CR1 = (1u << 13) | (1u << 5) | (1u << 3) | (1u << 2); /* UE, RXNEIE, TE, RE (section 30.6.4) */
}

/* 16 MHz / M 8 * N 168 / P 2 = 168 MHz; Q 7 keeps USB's clock at 48 MHz (section 7.3.2). */
static void raise_clock(void) {
  if (!eg_wait_for(&EG_RCC_CR, 1u << 1, 1u << 1)) return; /* HSIRDY */
  EG_RCC_APB1ENR |= 1u << 28;                             /* PWREN */
  EG_PWR_CR |= 1u << 14;                                  /* VOS: scale 1, for over 144 MHz (section 5.4.1) */
  EG_RCC_PLLCFGR = 8u | (168u << 6) | (0u << 16) | (7u << 24);
  EG_RCC_CR |= 1u << 24; /* PLLON */
  if (!eg_wait_for(&EG_RCC_CR, 1u << 25, 1u << 25)) return;
  /* Five wait states for 168 MHz at 2.7 to 3.6 V (section 3.5.1, table 10), prefetch and both caches. */
  EG_FLASH_ACR = 5u | (1u << 8) | (1u << 9) | (1u << 10);
  if (!eg_wait_for(&EG_FLASH_ACR, 7u, 5u)) return;
  /* APB1 at a quarter (at most 42 MHz), APB2 at half (at most 84 MHz), then the PLL as system clock (section 7.3.3).
   * What is still in the transmitter goes out at the old clock first. */
  (void)eg_wait_for(&EG_USART_SR, EG_SR_TC, EG_SR_TC);
  eg_set_field(&EG_RCC_CFGR, 0xFC00u, (5u << 10) | (4u << 13));
  eg_set_field(&EG_RCC_CFGR, 3u, 2u);
  if (eg_wait_for(&EG_RCC_CFGR, 0xCu, 0x8u)) {
    clock_hz = 168000000u;
    set_baud(84000000u);
  } else {
    eg_set_field(&EG_RCC_CFGR, 0xFC03u, 0u);
  }
}

void eg_hal_init(void) {
  start_console();
  raise_clock();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (!(EG_USART_SR & EG_SR_TXE)) {
    }
    EG_USART_DR = (uint8_t)bytes[i];
  }
}

int eg_hal_read(void) {
  /* Reading the data register after the status also clears an overrun (section 30.6.1). */
  if (!(EG_USART_SR & EG_SR_RXNE)) {
    eg_arm_sleep_until(EG_USART1_INTERRUPT);
    return -1;
  }
  return (int)(EG_USART_DR & 0xFFu);
}

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32f4"; }
