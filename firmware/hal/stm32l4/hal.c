/* STM32L4R5 (reference manual RM0432): LPUART1 on PG7/PG8, 120 MHz from the internal oscillator.
 * Watchdogs: IWDG and WWDG are off after reset and stay off; an inference may take any time. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"

#define EG_MSI_HZ 4000000u
#define EG_HSI16_HZ 16000000u

#define EG_RCC 0x40021000u
#define EG_RCC_CR EG_REGISTER(EG_RCC + 0x00u)
#define EG_RCC_CFGR EG_REGISTER(EG_RCC + 0x08u)
#define EG_RCC_PLLCFGR EG_REGISTER(EG_RCC + 0x0Cu)
#define EG_RCC_AHB2ENR EG_REGISTER(EG_RCC + 0x4Cu)
#define EG_RCC_APB1ENR1 EG_REGISTER(EG_RCC + 0x58u)
#define EG_RCC_APB1ENR2 EG_REGISTER(EG_RCC + 0x5Cu)
#define EG_RCC_CCIPR EG_REGISTER(EG_RCC + 0x88u)
#define EG_PWR 0x40007000u
#define EG_PWR_CR1 EG_REGISTER(EG_PWR + 0x00u)
#define EG_PWR_CR2 EG_REGISTER(EG_PWR + 0x04u)
#define EG_PWR_SR2 EG_REGISTER(EG_PWR + 0x14u)
#define EG_PWR_CR5 EG_REGISTER(EG_PWR + 0x80u)
#define EG_FLASH_ACR EG_REGISTER(0x40022000u)
#define EG_GPIOG 0x48001800u
#define EG_GPIO_MODER EG_REGISTER(EG_GPIOG + 0x00u)
#define EG_GPIO_AFRL EG_REGISTER(EG_GPIOG + 0x20u)
#define EG_GPIO_AFRH EG_REGISTER(EG_GPIOG + 0x24u)
#define EG_LPUART1 0x40008000u
#define EG_UART_CR1 EG_REGISTER(EG_LPUART1 + 0x00u)
#define EG_UART_BRR EG_REGISTER(EG_LPUART1 + 0x0Cu)
#define EG_UART_ISR EG_REGISTER(EG_LPUART1 + 0x1Cu)
#define EG_UART_ICR EG_REGISTER(EG_LPUART1 + 0x20u)
#define EG_UART_RDR EG_REGISTER(EG_LPUART1 + 0x24u)
#define EG_UART_TDR EG_REGISTER(EG_LPUART1 + 0x28u)
#define EG_LPUART1_INTERRUPT 70u /* vector table, section 16.3 */
#define EG_ISR_RXNE (1u << 5)
#define EG_ISR_TXE (1u << 7)
#define EG_ICR_ERRORS 0xFu /* parity, framing, noise, overrun */

static uint32_t clock_hz = EG_MSI_HZ;

/* The console runs on HSI16, not on the bus clock: its baud rate holds whatever becomes of the PLL. */
static void start_console(void) {
  EG_RCC_CR |= 1u << 8; /* HSION (section 6.4.1) */
  (void)eg_wait_for(&EG_RCC_CR, 1u << 10, 1u << 10);
  EG_RCC_APB1ENR1 |= 1u << 28; /* PWREN (section 6.4.20) */
  (void)EG_RCC_APB1ENR1;
  EG_PWR_CR2 |= 1u << 9;      /* IOSV: port G's pins have a supply of their own, VDDIO2 (section 5.1.3, 5.4.2) */
  EG_RCC_AHB2ENR |= 1u << 6;  /* GPIOG */
  EG_RCC_APB1ENR2 |= 1u << 0; /* LPUART1 (section 6.4.21) */
  (void)EG_RCC_APB1ENR2;
  eg_set_field(&EG_RCC_CCIPR, 3u << 10, 2u << 10);   /* LPUART1SEL: HSI16 */
  eg_set_field(&EG_GPIO_AFRL, 0xFu << 28, 8u << 28); /* PG7: AF8 (data sheet, alternate functions) */
  eg_set_field(&EG_GPIO_AFRH, 0xFu, 8u);             /* PG8: AF8 */
  eg_set_field(&EG_GPIO_MODER, 0xFu << 14, 0xAu << 14);
  /* BRR = 256 * clock / baud (LPUART baud rate generation); 256 * 16 MHz is just below 2^32. */
  const uint32_t clock = 256u * EG_HSI16_HZ;
  EG_UART_BRR = (clock + eg_console_baud / 2u) / eg_console_baud;
  EG_UART_CR1 = (1u << 29) | (1u << 5) | (1u << 3) | (1u << 2); /* FIFO, RXNE interrupt, transmit, receive */
  EG_UART_CR1 |= 1u << 0;                                       /* UE */
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

void eg_hal_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (!(EG_UART_ISR & EG_ISR_TXE)) {
    }
    EG_UART_TDR = (uint8_t)bytes[i];
  }
}

int eg_hal_read(void) {
  if (EG_UART_ISR & EG_ICR_ERRORS) EG_UART_ICR = EG_ICR_ERRORS;
  if (!(EG_UART_ISR & EG_ISR_RXNE)) {
    eg_arm_sleep_until(EG_LPUART1_INTERRUPT);
    return -1;
  }
  return (int)(EG_UART_RDR & 0xFFu);
}

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return "stm32l4"; }
