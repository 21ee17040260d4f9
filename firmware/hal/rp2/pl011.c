#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_pl011.h"

#define EG_DR 0x00u
#define EG_FR 0x18u
#define EG_IBRD 0x24u
#define EG_FBRD 0x28u
#define EG_LCR_H 0x2Cu
#define EG_CR 0x30u
#define EG_IFLS 0x34u
#define EG_IMSC 0x38u
#define EG_FR_RXFE (1u << 4)
#define EG_FR_TXFF (1u << 5)

void eg_pl011_init(uint32_t base, uint32_t clock_hz, uint32_t baud) {
  /* The divisor in 1/64 is 4 * clock / baud (section 3.3.6). */
  const uint32_t divisor = (4u * clock_hz + baud / 2u) / baud;
  EG_REGISTER(base + EG_CR) = 0;
  EG_REGISTER(base + EG_IBRD) = divisor >> 6;
  EG_REGISTER(base + EG_FBRD) = divisor & 63u;
  EG_REGISTER(base + EG_LCR_H) = (3u << 5) | (1u << 4); /* 8 bits, FIFOs; takes over the divisor too */
  EG_REGISTER(base + EG_IFLS) = 0;                      /* receive interrupt at an eighth of the FIFO */
  EG_REGISTER(base + EG_IMSC) = (1u << 6) | (1u << 4);  /* receive, and bytes waiting in silence */
  EG_REGISTER(base + EG_CR) = (1u << 9) | (1u << 8) | 1u;
}

void eg_pl011_write(uint32_t base, const char* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    while (EG_REGISTER(base + EG_FR) & EG_FR_TXFF) {
    }
    EG_REGISTER(base + EG_DR) = (uint8_t)bytes[i];
  }
}

int eg_pl011_read(uint32_t base, uint32_t interrupt) {
  if (EG_REGISTER(base + EG_FR) & EG_FR_RXFE) {
    eg_arm_sleep_until(interrupt);
    return -1;
  }
  return (int)(EG_REGISTER(base + EG_DR) & 0xFFu);
}
