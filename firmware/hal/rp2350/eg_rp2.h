/* RP2350, Arm cores: addresses (RP2350 data sheet, section 2.2; resets section 7.5), and 150 MHz. */
#ifndef EG_RP2_H
#define EG_RP2_H

#define EG_NAME "rp2350"
#define EG_ROSC_HZ 11000000u /* nominal (RP2350 data sheet, section 8.3) */
#define EG_PLL_MULTIPLIER 125u
#define EG_PLL_DIVIDER_1 5u
#define EG_PLL_DIVIDER_2 2u

#define EG_CLOCKS 0x40010000u
#define EG_RESETS 0x40020000u
#define EG_IO_BANK0 0x40028000u
#define EG_PADS_BANK0 0x40038000u
#define EG_XOSC 0x40048000u
#define EG_PLL_SYS 0x40050000u
#define EG_UART0 0x40070000u
#define EG_UART0_INTERRUPT 33u /* RP2350 data sheet, section 3.2 */
#define EG_RESET_IO_BANK0 (1u << 6)
#define EG_RESET_PADS_BANK0 (1u << 9)
#define EG_RESET_PLL_SYS (1u << 14)
#define EG_RESET_UART0 (1u << 26)

#endif
