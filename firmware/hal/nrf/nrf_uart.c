#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_nrf_uart.h"

#define EG_UART 0x40002000u
#define EG_UART_INTERRUPT 2u
#define EG_TASKS_STARTRX EG_REGISTER(EG_UART + 0x000u)
#define EG_TASKS_STARTTX EG_REGISTER(EG_UART + 0x008u)
#define EG_EVENTS_RXDRDY EG_REGISTER(EG_UART + 0x108u)
#define EG_EVENTS_TXDRDY EG_REGISTER(EG_UART + 0x11Cu)
#define EG_INTENSET EG_REGISTER(EG_UART + 0x304u)
#define EG_ENABLE EG_REGISTER(EG_UART + 0x500u)
#define EG_PSELRTS EG_REGISTER(EG_UART + 0x508u)
#define EG_PSELTXD EG_REGISTER(EG_UART + 0x50Cu)
#define EG_PSELCTS EG_REGISTER(EG_UART + 0x510u)
#define EG_PSELRXD EG_REGISTER(EG_UART + 0x514u)
#define EG_RXD EG_REGISTER(EG_UART + 0x518u)
#define EG_TXD EG_REGISTER(EG_UART + 0x51Cu)
#define EG_BAUDRATE EG_REGISTER(EG_UART + 0x524u)
#define EG_CONFIG EG_REGISTER(EG_UART + 0x56Cu)
#define EG_NO_PIN 0xFFFFFFFFu

void eg_nrf_uart_init(uint32_t tx_pin, uint32_t rx_pin, uint32_t baud) {
  EG_PSELTXD = tx_pin;
  EG_PSELRXD = rx_pin;
  EG_PSELRTS = EG_NO_PIN;
  EG_PSELCTS = EG_NO_PIN;
  EG_CONFIG = 0; /* no parity, no flow control */
  /* The register counts baud * 2^32 / 16 MHz, rounded to a multiple of 4096: 115200 is 0x01D7E000. */
  EG_BAUDRATE = (((baud << 12) / 15625u << 10) + 0x800u) & 0xFFFFF000u;
  EG_ENABLE = 4;
  EG_INTENSET = 1u << 2; /* RXDRDY */
  EG_EVENTS_RXDRDY = 0;
  EG_EVENTS_TXDRDY = 0;
  EG_TASKS_STARTTX = 1;
  EG_TASKS_STARTRX = 1;
}

void eg_nrf_uart_write(const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    EG_EVENTS_TXDRDY = 0;
    EG_TXD = (uint8_t)bytes[i];
    while (EG_EVENTS_TXDRDY == 0u) {
    }
  }
}

int eg_nrf_uart_read(void) {
  if (EG_EVENTS_RXDRDY == 0u) {
    eg_arm_sleep_until(EG_UART_INTERRUPT);
    return -1;
  }
  /* Cleared before the byte is taken: the next one of the FIFO raises it again. */
  EG_EVENTS_RXDRDY = 0;
  return (int)(EG_RXD & 0xFFu);
}
