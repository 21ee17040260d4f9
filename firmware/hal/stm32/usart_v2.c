/* USART and LPUART registers, the same in RM0432 (L4+), RM0410 (F7), RM0433 (H7) and RM0456 (U5). */
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_stm32.h"

#define EG_CR1 0x00u
#define EG_BRR 0x0Cu
#define EG_ISR 0x1Cu
#define EG_ICR 0x20u
#define EG_RDR 0x24u
#define EG_TDR 0x28u
#define EG_ISR_RXNE (1u << 5)
#define EG_ISR_TXE (1u << 7)
#define EG_ERRORS 0xFu /* parity, framing, noise, overrun */

void eg_stm32_v2_start(uint32_t base, uint32_t divisor, int fifo) {
  EG_REGISTER(base + EG_BRR) = divisor;
  /* FIFOEN, RXNEIE, TE, RE; then UE, since some of them are locked by it. */
  EG_REGISTER(base + EG_CR1) = (fifo ? 1u << 29 : 0u) | (1u << 5) | (1u << 3) | (1u << 2);
  EG_REGISTER(base + EG_CR1) |= 1u << 0;
}

void eg_stm32_v2_write(uint32_t base, const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (!(EG_REGISTER(base + EG_ISR) & EG_ISR_TXE)) {
    }
    EG_REGISTER(base + EG_TDR) = (uint8_t)bytes[i];
  }
}

int eg_stm32_v2_read(uint32_t base, uint32_t interrupt) {
  if (EG_REGISTER(base + EG_ISR) & EG_ERRORS) EG_REGISTER(base + EG_ICR) = EG_ERRORS;
  if (!(EG_REGISTER(base + EG_ISR) & EG_ISR_RXNE)) {
    eg_arm_sleep_until(interrupt);
    return -1;
  }
  return (int)(EG_REGISTER(base + EG_RDR) & 0xFFu);
}
