#include "eg_app.h"
#include "eg_bits.h"
#include "eg_stm32.h"

const eg_stm32_uart* eg_stm32_find_uart(const eg_stm32_uart* table, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const char* name = table[i].name;
    uint32_t at = 0;
    while (name[at] != '\0' && name[at] == eg_console_uart[at]) ++at;
    if (name[at] == eg_console_uart[at]) return &table[i];
  }
  return table;
}

static void open_pin(uint32_t gpio, uint32_t enable, uint32_t pin, uint32_t function) {
  const uint32_t port = gpio + 0x400u * (pin / 16u);
  const uint32_t number = pin % 16u;
  EG_REGISTER(enable) |= 1u << (pin / 16u);
  (void)EG_REGISTER(enable); /* the clock is there two cycles later */
  /* AFRL and AFRH: 4 bits a pin. MODER: 2 bits a pin, 2 is the alternate function. */
  eg_set_field(&EG_REGISTER(port + 0x20u + 4u * (number / 8u)), 0xFu << (4u * (number % 8u)),
               function << (4u * (number % 8u)));
  eg_set_field(&EG_REGISTER(port), 3u << (2u * number), 2u << (2u * number));
}

void eg_stm32_open_pins(uint32_t gpio, uint32_t enable, const eg_stm32_uart* uart) {
  EG_REGISTER(uart->enable) |= 1u << uart->enable_bit;
  (void)EG_REGISTER(uart->enable);
  open_pin(gpio, enable, eg_console_tx_pin, uart->function);
  open_pin(gpio, enable, eg_console_rx_pin, uart->function);
}

uint32_t eg_stm32_divisor(uint32_t clock_hz) { return (clock_hz + eg_console_baud / 2u) / eg_console_baud; }
