/* RP2040: addresses (data sheet, section 2.2), and 133 MHz, the most at the core's 1.1 V: the VCO's 1,596 MHz stay
 * below its limit of 1,600 (section 2.18). */
#ifndef EG_RP2_H
#define EG_RP2_H

#define EG_NAME "rp2040"
#define EG_ROSC_HZ 6500000u /* nominal: 1.8 to 12 MHz (section 2.17.1) */
#define EG_PLL_MULTIPLIER 133u
#define EG_PLL_DIVIDER_1 6u
#define EG_PLL_DIVIDER_2 2u

#define EG_CLOCKS 0x40008000u
#define EG_RESETS 0x4000C000u
#define EG_IO_BANK0 0x40014000u
#define EG_PADS_BANK0 0x4001C000u
#define EG_XOSC 0x40024000u
#define EG_PLL_SYS 0x40028000u
#define EG_UART0 0x40034000u
#define EG_UART0_INTERRUPT 20u /* section 2.3.2 */
#define EG_RESET_IO_BANK0 (1u << 5)
#define EG_RESET_PADS_BANK0 (1u << 8)
#define EG_RESET_PLL_SYS (1u << 12)
#define EG_RESET_UART0 (1u << 22)

#endif
