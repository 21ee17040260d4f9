#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_cmsdk_uart.h"

#define EG_DATA 0x00u
#define EG_STATE 0x04u
#define EG_CTRL 0x08u
#define EG_INTCLEAR 0x0Cu
#define EG_BAUDDIV 0x10u
#define EG_STATE_TX_FULL 1u
#define EG_STATE_RX_FULL 2u
#define EG_RX_INTERRUPT 2u

void eg_cmsdk_uart_init(uint32_t base, uint32_t clock_hz, uint32_t baud) {
  EG_REGISTER(base + EG_BAUDDIV) = (clock_hz + baud / 2u) / baud;
  EG_REGISTER(base + EG_CTRL) = 0xBu; /* transmit, receive, receive interrupt */
  /* Drops what came before. QEMU's model also looks only now whether it may deliver. */
  (void)EG_REGISTER(base + EG_DATA);
}

void eg_cmsdk_uart_write(uint32_t base, const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (EG_REGISTER(base + EG_STATE) & EG_STATE_TX_FULL) {
    }
    EG_REGISTER(base + EG_DATA) = (uint8_t)bytes[i];
  }
}

int eg_cmsdk_uart_read(uint32_t base, uint32_t interrupt) {
  if (!(EG_REGISTER(base + EG_STATE) & EG_STATE_RX_FULL)) {
    eg_arm_sleep_until(interrupt);
    return -1;
  }
  /* Cleared before the byte is taken: the next one raises it again. */
  EG_REGISTER(base + EG_INTCLEAR) = EG_RX_INTERRUPT;
  return (int)(EG_REGISTER(base + EG_DATA) & 0xFFu);
}
