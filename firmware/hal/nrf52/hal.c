/* nRF52833 and nRF52840 (product specifications): the console's pins that the profile names, 64 MHz, the instruction
 * cache. The core always runs at 64 MHz; the crystal makes it, and with it the UART's baud rate, exact.
 * Watchdog: off after reset, and can't be stopped once a bootloader has started it; left alone. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_nrf_uart.h"

#define EG_CLOCK_HZ 64000000u
#define EG_TASKS_HFCLKSTART EG_REGISTER(0x40000000u)
#define EG_EVENTS_HFCLKSTARTED EG_REGISTER(0x40000100u)
#define EG_NVMC_ICACHECNF EG_REGISTER(0x4001E540u)
#define EG_GPIO(pin) (0x50000000u + 0x300u * ((pin) / 32u))
#define EG_OUTSET(pin) EG_REGISTER(EG_GPIO(pin) + 0x508u)
#define EG_PIN_CNF(pin) EG_REGISTER(EG_GPIO(pin) + 0x700u + 4u * ((pin) % 32u))

void eg_hal_init(void) {
  /* GPIO configuration for the UART: the transmit pin high and an output, the receive pin an input (section UART). */
  EG_OUTSET(eg_console_tx_pin) = 1u << (eg_console_tx_pin % 32u);
  EG_PIN_CNF(eg_console_tx_pin) = 3u;      /* output, input buffer disconnected */
  EG_PIN_CNF(eg_console_rx_pin) = 3u << 2; /* input, pulled up: an open line is silent */
  EG_EVENTS_HFCLKSTARTED = 0;
  EG_TASKS_HFCLKSTART = 1;
  (void)eg_wait_for(&EG_EVENTS_HFCLKSTARTED, 1u, 1u);
  eg_nrf_uart_init(eg_console_tx_pin, eg_console_rx_pin, eg_console_baud);
  EG_NVMC_ICACHECNF = 1; /* CACHEEN */
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_nrf_uart_write(bytes, count); }

int eg_hal_read(void) { return eg_nrf_uart_read(); }

uint32_t eg_hal_clock_hz(void) { return EG_CLOCK_HZ; }

const char* eg_hal_name(void) { return "nrf52"; }
