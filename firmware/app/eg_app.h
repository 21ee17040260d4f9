/* The application's entry, and the constants of one image that the build writes (eg_build.c). */
#ifndef EG_APP_H
#define EG_APP_H

#include <stdint.h>

/* SHA-256 that names this firmware, 64 hex digits: it is taken over every other object of the image, the linker
 * script and the toolchain's version, since a file can't hold its own hash. */
extern const char eg_firmware_sha256[];
extern const char eg_board_id[];
/* What the board's profile asks for; a port that can't reach the clock reports the one it has. */
extern const uint32_t eg_board_clock_hz;
extern const uint32_t eg_console_baud;
/* The profile's console, for ports whose chip has several: the UART's name, and its pins' numbers (STM32: 16 a port,
 * PB0 is 16; nRF: 32 a port). */
extern const char eg_console_uart[];
extern const uint32_t eg_console_tx_pin;
extern const uint32_t eg_console_rx_pin;

/* Runs the model on commands from the console; the start-up code calls it with memory initialised. Never returns. */
void eg_app_main(void);

#endif
