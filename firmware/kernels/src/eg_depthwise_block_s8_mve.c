#include "eg_small_s8_mve.h"

/* Values of a tap at `from` in q0, its weights in q1. */
#define EG_LOAD(from)    \
  "vpstt\n"              \
  "vldrbt.u8 q0, [" from \
  "]\n"                  \
  "vldrbt.u8 q1, [r2]\n"

/* Four sums of the channels r8, r8 + 4, ... with their constants, r8 words on from r3, to int16. */
#define EG_FINISH(sums)               \
  "vldrw.u32 q0, [r3, q3, uxtw #2]\n" \
  "adds r3, #4\n"                     \
  "vshr.s32 q1, q0, #8\n"             \
  "vadd.i32 " sums ", " sums          \
  ", q1\n"                            \
  "vldrw.u32 q1, [r3, q3, uxtw #2]\n" \
  "adds r3, #4\n"                     \
  "vqrdmulh.s32 " sums ", " sums      \
  ", q1\n"                            \
  "vshr.s32 q1, " sums                \
  ", #31\n"                           \
  "vadd.i32 " sums ", " sums          \
  ", q1\n"                            \
  "vrshl.s32 " sums ", " sums ", q0\n"

/* 16 channels after 16: products of int8 have 16 bits, and so has the sum of two of them; then they are widened. q4:
 * sums of the channels 0, 4, 8, 12; q5: of 2, 6, ...; q6: of 1, 5, ...; q7: of 3, 7, ... r7: first channel;
 * r9: the same and the way from the first pixel; r10: pixels left. */
__attribute__((naked, noinline)) void eg_depthwise_block_s8_mve(eg_depthwise_block_mve* job __attribute__((unused))) {
  __asm__ volatile(
      "push {r3-r11, lr}\n"
      "vpush {d8-d15}\n"
      "mov r8, r0\n"
      "ldr r10, [r8, #28]\n"
      "movs r7, #0\n"
      "mov r9, r7\n"
      "1:\n"
      "ldm r8, {r0, r5}\n"
      "ldrd r2, r3, [r8, #8]\n"
      "ldr r6, [r8, #20]\n"
      "add r2, r7\n"
      "add r3, r3, r7, lsl #3\n"
      "sub r12, r6, r7\n"
      "vctp.8 r12\n"
      "ldr r1, [r0], #4\n"
      "add r1, r9\n" EG_LOAD("r1")
      "add r2, r6\n"
      "vmullb.s8 q2, q0, q1\n"
      "vmullt.s8 q3, q0, q1\n"
      "vmovlb.s16 q4, q2\n"
      "vmovlt.s16 q5, q2\n"
      "vmovlb.s16 q6, q3\n"
      "vmovlt.s16 q7, q3\n"
      "cmp r0, r5\n"
      "beq 3f\n"
      "2:\n"
      "ldrd r1, r4, [r0], #8\n"
      "add r1, r9\n"
      "add r4, r9\n" EG_LOAD("r1")
      "add r2, r6\n"
      "vmullb.s8 q2, q0, q1\n"
      "vmullt.s8 q3, q0, q1\n" EG_LOAD("r4")
      "vmullb.s8 q1, q0, q1\n"
      "vadd.i16 q2, q2, q1\n"
      "vpst\n"
      "vldrbt.u8 q1, [r2]\n"
      "add r2, r6\n"
      "vmullt.s8 q0, q0, q1\n"
      "vadd.i16 q3, q3, q0\n"
      "vmovlb.s16 q0, q2\n"
      "vmovlt.s16 q2, q2\n"
      "vadd.i32 q4, q4, q0\n"
      "vadd.i32 q5, q5, q2\n"
      "vmovlb.s16 q0, q3\n"
      "vmovlt.s16 q3, q3\n"
      "vadd.i32 q6, q6, q0\n"
      "vadd.i32 q7, q7, q3\n"
      "cmp r0, r5\n"
      "bne 2b\n"
      "3:\n"
      "movs r0, #0\n"
      "vidup.u32 q3, r0, #8\n"
      EG_FINISH("q4") EG_FINISH("q6") EG_FINISH("q5") EG_FINISH("q7")
      "ldr r1, [r8, #16]\n"
      "ldr r4, [r8, #24]\n"
      "vqmovnb.s32 q4, q4\n"
      "vqmovnt.s32 q4, q5\n"
      "vqmovnb.s32 q6, q6\n"
      "vqmovnt.s32 q6, q7\n"
      "vqadd.s16 q4, q4, r4\n"
      "vqadd.s16 q6, q6, r4\n"
      "vqmovnb.s16 q4, q4\n"
      "vqmovnt.s16 q4, q6\n"
      "add r1, r7\n"
      "vpst\n"
      "vstrbt.8 q4, [r1]\n"
      "adds r7, #16\n"
      "add r9, #16\n"
      "cmp r7, r6\n"
      "blt 1b\n"
      "ldr r1, [r8, #16]\n"
      "add r1, r6\n"
      "str r1, [r8, #16]\n"
      "ldr r1, [r8, #32]\n"
      "sub r9, r7\n"
      "add r9, r1\n"
      "movs r7, #0\n"
      "subs r10, #1\n"
      "bne 1b\n"
      "vpop {d8-d15}\n"
      "pop {r3-r11, pc}\n");
}
