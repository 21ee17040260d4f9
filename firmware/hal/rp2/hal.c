/* RP2040 and RP2350: UART0 on GPIO0/GPIO1, the chip's highest clock from the 12 MHz crystal. Addresses and figures that
 * differ are in the chip's eg_rp2.h; sections are the RP2040 data sheet's.
 * Flash is read through the 16 KB XIP cache, on after reset (section 2.6.3).
 * Watchdog: off after reset, left off; an inference may take any time. The second core stays in the boot ROM. */
#include "eg_app.h"
#include "eg_arm.h"
#include "eg_bits.h"
#include "eg_hal.h"
#include "eg_pl011.h"
#include "eg_rp2.h"

#define EG_XOSC_HZ 12000000u

/* Writes to a register plus these offsets set or clear the bits given, and only those (section 2.1.2). */
#define EG_SET 0x2000u
#define EG_CLEAR 0x3000u

#define EG_RESETS_RESET (EG_RESETS + 0x0u)
#define EG_RESETS_DONE EG_REGISTER(EG_RESETS + 0x8u)
#define EG_CLK_REF_CTRL EG_REGISTER(EG_CLOCKS + 0x30u)
#define EG_CLK_REF_SELECTED EG_REGISTER(EG_CLOCKS + 0x38u)
#define EG_CLK_SYS_CTRL (EG_CLOCKS + 0x3Cu)
#define EG_CLK_SYS_SELECTED EG_REGISTER(EG_CLOCKS + 0x44u)
#define EG_CLK_PERI_CTRL EG_REGISTER(EG_CLOCKS + 0x48u)
#define EG_XOSC_CTRL EG_REGISTER(EG_XOSC + 0x0u)
#define EG_XOSC_STATUS EG_REGISTER(EG_XOSC + 0x4u)
#define EG_XOSC_STARTUP EG_REGISTER(EG_XOSC + 0xCu)
#define EG_PLL_CS EG_REGISTER(EG_PLL_SYS + 0x0u)
#define EG_PLL_PWR (EG_PLL_SYS + 0x4u)
#define EG_PLL_FBDIV_INT EG_REGISTER(EG_PLL_SYS + 0x8u)
#define EG_PLL_PRIM EG_REGISTER(EG_PLL_SYS + 0xCu)
#define EG_GPIO_CTRL(pin) EG_REGISTER(EG_IO_BANK0 + 8u * (pin) + 4u)
#define EG_PAD(pin) EG_REGISTER(EG_PADS_BANK0 + 4u * (pin) + 4u)
#define EG_PAD_INPUT (1u << 6)
#define EG_PAD_4_MA (1u << 4)
#define EG_PAD_PULL_UP (1u << 3)
#define EG_PAD_SCHMITT (1u << 1)

static uint32_t clock_hz = EG_ROSC_HZ;

/* Takes peripherals out of reset (section 2.14). */
static void release(uint32_t bits) {
  EG_REGISTER(EG_RESETS_RESET + EG_CLEAR) = bits;
  (void)eg_wait_for(&EG_RESETS_DONE, bits, bits);
}

/* 12 MHz * EG_PLL_MULTIPLIER / EG_PLL_DIVIDER_1 / EG_PLL_DIVIDER_2 (section 2.18). */
static void raise_clock(void) {
  /* A reset by the core leaves the clocks as they were: back to the ring oscillator before anything is changed. */
  EG_REGISTER(EG_CLK_SYS_CTRL + EG_CLEAR) = 1u;
  (void)eg_wait_for(&EG_CLK_SYS_SELECTED, 3u, 1u);
  EG_XOSC_STARTUP = 47u; /* 47 * 256 periods: 1 ms (section 2.16.3) */
  EG_XOSC_CTRL = (0xFABu << 12) | 0xAA0u;
  if (!eg_wait_for(&EG_XOSC_STATUS, 1u << 31, 1u << 31)) return;
  EG_CLK_REF_CTRL = 2u; /* the crystal (section 2.15.3.2) */
  if (!eg_wait_for(&EG_CLK_REF_SELECTED, 7u, 1u << 2)) return;
  clock_hz = EG_XOSC_HZ;
  EG_REGISTER(EG_RESETS_RESET + EG_SET) = EG_RESET_PLL_SYS;
  release(EG_RESET_PLL_SYS);
  EG_PLL_CS = 1u; /* REFDIV */
  EG_PLL_FBDIV_INT = EG_PLL_MULTIPLIER;
  EG_REGISTER(EG_PLL_PWR + EG_CLEAR) = (1u << 5) | (1u << 0); /* VCOPD, PD */
  if (!eg_wait_for(&EG_PLL_CS, 1u << 31, 1u << 31)) return;   /* LOCK */
  EG_PLL_PRIM = (EG_PLL_DIVIDER_1 << 16) | (EG_PLL_DIVIDER_2 << 12);
  EG_REGISTER(EG_PLL_PWR + EG_CLEAR) = 1u << 3; /* POSTDIVPD */
  EG_REGISTER(EG_CLK_SYS_CTRL) = 0u;            /* AUXSRC: PLL_SYS, chosen while it is not in use */
  EG_REGISTER(EG_CLK_SYS_CTRL) = 1u;
  if (eg_wait_for(&EG_CLK_SYS_SELECTED, 3u, 1u << 1)) {
    clock_hz = EG_XOSC_HZ * EG_PLL_MULTIPLIER / (EG_PLL_DIVIDER_1 * EG_PLL_DIVIDER_2);
  } else {
    EG_REGISTER(EG_CLK_SYS_CTRL) = 0u;
  }
}

/* After the clock, unlike other ports' consoles: the UART has no clock of its own to hold a baud rate on. */
static void start_console(void) {
  EG_CLK_PERI_CTRL = 1u << 11; /* ENABLE, from the system clock */
  release(EG_RESET_IO_BANK0 | EG_RESET_PADS_BANK0 | EG_RESET_UART0);
  EG_GPIO_CTRL(0) = 2u; /* UART0 TX (section 2.19.2) */
  EG_GPIO_CTRL(1) = 2u; /* UART0 RX */
  /* On the RP2350 this also ends the pads' isolation and gives them an input, which reset does not. */
  EG_PAD(0) = EG_PAD_INPUT | EG_PAD_4_MA | EG_PAD_SCHMITT;
  EG_PAD(1) = EG_PAD_INPUT | EG_PAD_4_MA | EG_PAD_SCHMITT | EG_PAD_PULL_UP;
  eg_pl011_init(EG_UART0, clock_hz, eg_console_baud);
}

void eg_hal_init(void) {
  raise_clock();
  start_console();
  eg_arm_start_cycles();
}

void eg_hal_write(const char* bytes, uint32_t count) { eg_pl011_write(EG_UART0, bytes, count); }

int eg_hal_read(void) { return eg_pl011_read(EG_UART0, EG_UART0_INTERRUPT); }

uint32_t eg_hal_clock_hz(void) { return clock_hz; }

const char* eg_hal_name(void) { return EG_NAME; }
