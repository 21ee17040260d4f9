/* The body of the 1x1 kernels for at most 16 input channels, in assembler: both columns of a pair of pixels stay in
 * registers. See eg_gemm_body_mve.h for the rest. */
#ifndef EG_NARROW_BODY_MVE_H
#define EG_NARROW_BODY_MVE_H

#include "eg_gemm_body_mve.h"

#define EG_NARROW_SUM_MVE     \
  "vldrw.u32 q2, [r5], #16\n" \
  "vmlav.s8 r0, q0, q2\n"     \
  "vldrw.u32 q3, [r5], #16\n" \
  "vmlav.s8 r8, q1, q2\n"     \
  "vmlav.s8 r2, q0, q3\n"     \
  "vldrw.u32 q2, [r5], #16\n" \
  "vmlav.s8 r10, q1, q3\n"    \
  "vmlav.s8 r4, q0, q2\n"     \
  "vldrw.u32 q3, [r5], #16\n" \
  "vmlav.s8 r12, q1, q2\n"    \
  "vmlav.s8 r6, q0, q3\n"     \
  "vmlav.s8 lr, q1, q3\n"

/* Stack: output_offset, output_delta, pairs, packed, input_step, output_step less what the groups advance. */
#define EG_NARROW_BODY_MVE(SIGN) \
  __asm__ volatile(                         \
  "push {r4-r11, lr}\n"                     \
  "vpush {d8-d15}\n"                        \
  "sub sp, #24\n"                           \
  "ldm r0!, {r1, r3, r5, r7}\n"             \
  "ldm r0, {r2, r4, r6, r8, r9, r10, r12}\n" \
  "strd r2, r4, [sp]\n"                     \
  "strd r6, r5, [sp, #8]\n"                 \
  "strd r10, r12, [sp, #16]\n"              \
  "vctp.8 r8\n"                             \
  "5:\n"                                    \
  "vpstt\n"                                 \
  "vldrbt.u8 q0, [r1]\n"                    \
  "vldrbt.u8 q1, [r3]\n"                    \
  "ldr r5, [sp, #12]\n"                     \
  "mov r11, r9\n"                           \
  "4:\n"                                    \
  EG_NARROW_SUM_MVE                         \
  EG_GEMM_VECTORS_MVE("q4", "q5")           \
  EG_GEMM_SCALE_2_MVE("q4", "q5", SIGN)     \
  EG_NARROW_SUM_MVE                         \
  EG_GEMM_VECTORS_MVE("q6", "q7")           \
  EG_GEMM_SCALE_2_MVE("q6", "q7", SIGN)     \
  "ldrd r0, r2, [sp]\n"                     \
  "add r2, r7\n"                            \
  EG_GEMM_NARROW_MVE("q4", "q6")            \
  EG_GEMM_NARROW_MVE("q5", "q7")            \
  "vstrb.16 q4, [r7], #8\n"                 \
  "vstrb.16 q5, [r2]\n"                     \
  "subs r11, #1\n"                          \
  "bne 4b\n"                                \
  "ldrd r0, r2, [sp, #16]\n"                \
  "ldr r4, [sp, #8]\n"                      \
  "add r1, r0\n"                            \
  "add r3, r0\n"                            \
  "add r7, r2\n"                            \
  "subs r4, #1\n"                           \
  "str r4, [sp, #8]\n"                      \
  "bne 5b\n"                                \
  "add sp, #24\n"                           \
  "vpop {d8-d15}\n"                         \
  "pop {r4-r11, pc}\n")

#endif
