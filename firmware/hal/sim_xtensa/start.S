/* QEMU's `sim` machine enters at the reset vector; its de233_fpu core lacks LX6's MULSH and MULUH. */
#define EG_EMULATE_HIGH_MULTIPLY
#include "eg_start.inc"

  .section .reset, "ax"
  .global _eg_reset
_eg_reset:
  j 1f
  .balign 4
.Lstart:
  .long _start
1:
  l32r a0, .Lstart
  jx a0

/* int eg_simcall(int number, int a, int b, int c): the arguments are where the simulator wants them. */
  .section .text.eg_simcall, "ax"
  .global eg_simcall
  .type eg_simcall, @function
  .balign 4
eg_simcall:
  entry a1, 32
  .byte 0x00, 0x51, 0x00 /* SIMCALL, which the assembler does not know for this core */
  retw
