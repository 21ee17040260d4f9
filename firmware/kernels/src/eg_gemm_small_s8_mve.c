#include "eg_small_s8_mve.h"

/* One channel of the first step, of r11 values. */
#define EG_FIRST(acc0, acc1) \
  "vldrb.u8 q2, [r5]\n"      \
  "add r5, r11\n"            \
  "vmlav.s8 " acc0           \
  ", q0, q2\n"               \
  "vmlav.s8 " acc1 ", q1, q2\n"
#define EG_NEXT(acc0, acc1, w) \
  "vldrb.u8 " w                \
  ", [r5], #16\n"              \
  "vmlava.s8 " acc0 ", q0, " w \
  "\n"                         \
  "vmlava.s8 " acc1 ", q1, " w "\n"

/* Four channels of two pixels at a time. r0, r2, r4, r6: sums of the first; r8, r10, r12, lr: of the second. */
__attribute__((naked, noinline)) void eg_gemm_small_s8_mve(eg_gemm_small_mve* job __attribute__((unused))) {
  __asm__ volatile(
      "push {r0, r4-r11, lr}\n"
      "vpush {d8, d9}\n"
      "1:\n"
      "ldr r4, [sp, #16]\n"
      "ldm r4, {r1, r3, r5, r7, r9, r11}\n"
      "vctp.8 r11\n"
      "vpstt\n"
      "vldrbt.u8 q0, [r1]\n"
      "vldrbt.u8 q1, [r3]\n"
      "add r1, r11\n"
      "add r3, r11\n" EG_FIRST("r0", "r8") EG_FIRST("r2", "r10") EG_FIRST("r4", "r12") EG_FIRST("r6", "lr")
      "cmp r9, #0\n"
      "beq 3f\n"
      "2:\n"
      "vldrb.u8 q0, [r1], #16\n"
      "vldrb.u8 q1, [r3], #16\n" EG_NEXT("r0", "r8", "q2") EG_NEXT("r2", "r10", "q3") EG_NEXT("r4", "r12", "q2")
          EG_NEXT("r6", "lr", "q3")
      "subs r9, r9, #1\n"
      "bne 2b\n"
      "3:\n"
      "vmov q0[2], q0[0], r0, r4\n"
      "vmov q0[3], q0[1], r2, r6\n"
      "vmov q1[2], q1[0], r8, r12\n"
      "vmov q1[3], q1[1], r10, lr\n"
      "ldr r4, [sp, #16]\n"
      "add r6, r4, #24\n"
      "ldm r6, {r0, r2, r3, r6}\n"
      "vld20.32 {q2, q3}, [r0]\n"
      "vld21.32 {q2, q3}, [r0]!\n"
      "vshr.s32 q4, q2, #8\n"
      "vadd.i32 q0, q0, q4\n"
      "vadd.i32 q1, q1, q4\n"
      "vqrdmulh.s32 q0, q0, q3\n"
      "vqrdmulh.s32 q1, q1, q3\n"
      "vshr.s32 q3, q0, #31\n"
      "vshr.s32 q4, q1, #31\n"
      "vadd.i32 q0, q0, q3\n"
      "vadd.i32 q1, q1, q4\n"
      "vrshl.s32 q0, q0, q2\n"
      "vrshl.s32 q1, q1, q2\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnb.s32 q1, q1\n"
      "vqadd.s16 q0, q0, r2\n"
      "vqadd.s16 q1, q1, r2\n"
      "vqmovnb.s16 q0, q0\n"
      "vqmovnb.s16 q1, q1\n"
      "add r3, r7\n"
      "vstrb.32 q1, [r3]\n"
      "vstrb.32 q0, [r7], #4\n"
      "strd r5, r7, [r4, #8]\n"
      "str r0, [r4, #24]\n"
      "cmp r7, r6\n"
      "bne 1b\n"
      "vpop {d8, d9}\n"
      "pop {r0, r4-r11, pc}\n");
}
