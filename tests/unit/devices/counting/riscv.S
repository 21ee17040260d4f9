/* Known counts on RV32: see test_instruction_counter.py. Prints mcycle's own count of the inference, in hex. */
  .option norelax
  .macro function name
  .text
  .global \name
  .type \name, @function
\name:
  .endm

  .section .init, "ax"
  .global reset
reset:
  li s0, 3
1:
  csrr s1, mcycle
  jal eg_marker_begin
  nop
  jal toy_layer_0
  jal toy_layer_1
  jal eg_marker_end
  csrr s2, mcycle
  sub s1, s2, s1
  jal print
  addi s0, s0, -1
  bnez s0, 1b
  li a0, 0x100000
  li a1, 0x5555
  sw a1, 0(a0)
2:
  j 2b

function eg_marker_begin
  ret
  .size eg_marker_begin, . - eg_marker_begin
function eg_marker_end
  ret
  .size eg_marker_end, . - eg_marker_end

/* 1 + 2 * 1000 + 1 */
function toy_layer_0
  li a0, 1000
1:
  addi a0, a0, -1
  bnez a0, 1b
  ret

/* 2 + 4.5 * 100000 + 1: the nop is skipped in every second turn */
function toy_layer_1
  lui a0, 24
  addi a0, a0, 1696
1:
  andi a1, a0, 1
  bnez a1, 2f
  nop
2:
  addi a0, a0, -1
  bnez a0, 1b
  ret

/* s1 in hex and a line end to the UART. */
function print
  li a0, 0x10000000
  li a1, 28
1:
  srl a2, s1, a1
  andi a2, a2, 15
  addi a2, a2, 48
  li a3, 58
  blt a2, a3, 2f
  addi a2, a2, 39
2:
  sb a2, 0(a0)
  addi a1, a1, -4
  bgez a1, 1b
  li a2, 10
  sb a2, 0(a0)
  ret
