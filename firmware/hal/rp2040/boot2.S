/* The RP2040's second boot stage: 256 bytes at the start of flash, which the boot ROM checks, copies to SRAM and runs
 * (RP2040 data sheet, section 2.8.1.3). It turns the SSI from plain serial commands to reads of four bits a clock, in
 * the flash's continuous mode, and starts the firmware behind it.
 *
 * Flash: W25Q16JV, or any with its commands. The last word is the CRC-32 of the 252 bytes before it (section
 * 2.8.1.3.1: polynomial 0x04C11DB7, most significant bit first, start 0xFFFFFFFF, no inversion). Literals are spelled
 * out, so that every assembler gives the same bytes; a test recomputes the CRC. */
.syntax unified
.cpu cortex-m0plus
.thumb

.section .boot2, "ax", %progbits
.balign 4
.global eg_boot2
.type eg_boot2, %function

/* r3 SSI, r4 zero, r5 one; the SSI takes new settings only while it is off (section 4.10.13). */
eg_boot2:
  /* Pads for 66 MHz: the clock with 8 mA and a fast edge, the data inputs without Schmitt trigger (section 2.19.6.4). */
  ldr r3, pads_qspi
  movs r0, #0x21
  str r0, [r3, #0x04]
  movs r1, #0x02
  ldr r0, [r3, #0x08]
  bics r0, r1
  str r0, [r3, #0x08]
  str r0, [r3, #0x0C]
  str r0, [r3, #0x10]
  str r0, [r3, #0x14]

  ldr r3, ssi
  movs r4, #0
  movs r5, #1
  str r4, [r3, #0x08]  /* SSIENR */
  movs r0, #2
  str r0, [r3, #0x14]  /* BAUDR: half the system clock */
  movs r1, #0xF0
  str r5, [r3, r1]     /* RX_SAMPLE_DLY: one clock, as data comes back late at this rate */
  ldr r0, frames_of_8
  str r0, [r3, #0x00]  /* CTRLR0 */
  str r5, [r3, #0x08]

  /* Four data lines need the flash's QE bit, bit 1 of its second status register (read by 0x35). Where it is not set,
   * it is until the next power-up: 0x50 allows one write that does not last, 0x31 writes the register. */
  movs r2, #0x02
  movs r0, #0x35
  str r0, [r3, #0x60]  /* DR0 */
  str r0, [r3, #0x60]
  bl finish
  tst r0, r2
  bne read_four_bits
  movs r0, #0x50
  str r0, [r3, #0x60]
  bl finish
  movs r0, #0x31
  str r0, [r3, #0x60]
  str r2, [r3, #0x60]
  bl finish
busy:
  movs r0, #0x05
  str r0, [r3, #0x60]
  str r0, [r3, #0x60]
  bl finish
  tst r0, r5
  bne busy

read_four_bits:
  /* One read by its command 0xEB, with mode bits 0xA0: the flash then takes the next address without a command. */
  str r4, [r3, #0x08]
  ldr r0, quad_frames_of_32
  str r0, [r3, #0x00]
  str r4, [r3, #0x04]  /* CTRLR1: one frame */
  movs r2, #0xF4
  ldr r0, with_command
  str r0, [r3, r2]     /* SPI_CTRLR0 */
  str r5, [r3, #0x08]
  movs r0, #0xEB
  str r0, [r3, #0x60]
  movs r0, #0xA0
  str r0, [r3, #0x60]
  bl finish

  /* From here on the SSI makes an address and mode bits of every access to the flash's addresses. */
  str r4, [r3, #0x08]
  ldr r0, without_command
  str r0, [r3, r2]
  str r5, [r3, #0x08]

  ldr r0, vectors
  ldr r1, vtor
  str r0, [r1]
  ldr r1, [r0, #0]
  ldr r0, [r0, #4]
  msr msp, r1
  bx r0

/* Waits for the end of a transfer (SR: transmit FIFO empty, not busy), then returns its last word in r0; r1 is lost. */
finish:
  ldr r1, [r3, #0x28]
  movs r0, #0x05
  ands r1, r0
  cmp r1, #0x04
  bne finish
drain:
  ldr r0, [r3, #0x60]
  ldr r1, [r3, #0x24]  /* RXFLR */
  cmp r1, #0
  bne drain
  bx lr

.balign 4
pads_qspi:
  .word 0x40020000
ssi:
  .word 0x18000000
frames_of_8: /* CTRLR0: 8 bits, one line, transmit and receive */
  .word 7 << 16
quad_frames_of_32: /* CTRLR0: four lines, 32 bits, command then receive */
  .word (2 << 21) | (31 << 16) | (3 << 8)
with_command: /* SPI_CTRLR0: 4 wait clocks, 8 bits of command on one line, 32 of address and mode on four */
  .word (4 << 11) | (2 << 8) | (8 << 2) | 1
without_command: /* the same, no command, mode bits 0xA0 behind the address */
  .word (0xA0 << 24) | (4 << 11) | (8 << 2) | 2
vectors:
  .word 0x10000100
vtor:
  .word 0xE000ED08
  .org 252
  .word 0x573A9A8A
