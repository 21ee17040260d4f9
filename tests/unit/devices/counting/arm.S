/* Known counts on Cortex-M: see test_instruction_counter.py. */
  .syntax unified
  .thumb
  .macro function name
  .text
  .global \name
  .type \name, %function
  .thumb_func
\name:
  .endm

  .section .vectors, "a"
  .long 0x20010000
  .long reset + 0

function eg_marker_begin
  bx lr
  .size eg_marker_begin, . - eg_marker_begin
function eg_marker_end
  bx lr
  .size eg_marker_end, . - eg_marker_end

/* 1 + 2 * 1000 + 1 */
function toy_layer_0
  movw r0, #1000
1:
  subs r0, #1
  bne 1b
  bx lr

/* 2 + 4.5 * 100000 + 1: the nop is skipped in every second turn */
function toy_layer_1
  movw r0, #0x86A0
  movt r0, #1
1:
  lsls r1, r0, #31
  bmi 2f
  nop
2:
  subs r0, #1
  bne 1b
  bx lr

function reset
  movs r4, #3
1:
  bl eg_marker_begin
  nop
  bl toy_layer_0
  bl toy_layer_1
  bl eg_marker_end
  subs r4, #1
  bne 1b
  movs r0, #0x18
  ldr r1, =0x20026
  bkpt 0xAB
