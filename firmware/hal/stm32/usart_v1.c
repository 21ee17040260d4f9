/* RM0090 section 30.6 and RM0390 section 25.6 (USART registers). */
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_stm32.h"

#define EG_SR 0x00u
#define EG_DR 0x04u
#define EG_CR1 0x0Cu
#define EG_SR_RXNE (1u << 5)
#define EG_SR_TXE (1u << 7)

void eg_stm32_v1_start(uint32_t base) {
  EG_REGISTER(base + EG_CR1) = (1u << 13) | (1u << 5) | (1u << 3) | (1u << 2); /* UE, RXNEIE, TE, RE */
}

void eg_stm32_v1_write(uint32_t base, const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (!(EG_REGISTER(base + EG_SR) & EG_SR_TXE)) {
    }
    EG_REGISTER(base + EG_DR) = (uint8_t)bytes[i];
  }
}

int eg_stm32_v1_read(uint32_t base, uint32_t interrupt) {
  /* Reading the data register after the status also clears an overrun. */
  if (!(EG_REGISTER(base + EG_SR) & EG_SR_RXNE)) {
    eg_arm_sleep_until(interrupt);
    return -1;
  }
  return (int)(EG_REGISTER(base + EG_DR) & 0xFFu);
}
