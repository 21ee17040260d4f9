/* What the STM32 ports share: the console's pins, and the two generations of its USARTs. */
#ifndef EG_STM32_H
#define EG_STM32_H

#include <stdint.h>

typedef struct {
  char name[8];
  uint32_t base;
  uint32_t enable; /* address of the register that gives it a clock, and the bit there */
  uint8_t enable_bit;
  uint8_t interrupt;
  uint8_t function; /* of its pins */
} eg_stm32_uart;

/* The profile's console in a port's table; the first one where it has none. */
const eg_stm32_uart* eg_stm32_find_uart(const eg_stm32_uart* table, uint32_t count);
/* Switches the clocks of the console's pins (register `enable`, a bit per GPIO port, GPIOA first) and of its UART on,
 * and gives the pins their function. GPIO ports lie 1 KB apart from `gpio` on, as on every STM32. */
void eg_stm32_open_pins(uint32_t gpio, uint32_t enable, const eg_stm32_uart* uart);

/* Older USARTs (F4): one data register; reading it after the status clears errors. */
#define EG_STM32_V1_BRR 0x08u
void eg_stm32_v1_start(uint32_t base);
void eg_stm32_v1_write(uint32_t base, const char* bytes, uint32_t count);
int eg_stm32_v1_read(uint32_t base, uint32_t interrupt);

/* Newer ones (L4, F7, H7, U5). `divisor` goes to the baud rate register; `fifo`: it has one. */
void eg_stm32_v2_start(uint32_t base, uint32_t divisor, int fifo);
void eg_stm32_v2_write(uint32_t base, const char* bytes, uint32_t count);
int eg_stm32_v2_read(uint32_t base, uint32_t interrupt);

/* The divisor of a USART with 16 times oversampling: clock over baud rate, rounded. */
uint32_t eg_stm32_divisor(uint32_t clock_hz);

#endif
