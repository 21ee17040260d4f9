/* The bodies of the kernels in eg_gemm_s8_mve.h, in assembler: compilers spill the accumulators.
 * r1, r3: columns; r5: packed; r7: output; r9: rounds left; r11: bytes of the loop to skip; the
 * even registers: sums. Stack: column0, column1, rounds, entry, output_offset, output_delta, end
 * of packed; for two pixels its start, pairs, column_step and output_step.
 * Loads and products alternate, so that they overlap. */
#ifndef EG_GEMM_BODY_MVE_H
#define EG_GEMM_BODY_MVE_H

/* MORE: what else comes into r10, r11, r12. */
#define EG_GEMM_ENTER_MVE(MORE)      \
  "push {r4-r11, lr}\n"              \
  "vpush {d8-d15}\n"                 \
  "sub sp, #48\n"                    \
  "ldm r0!, {r1, r3, r5, r7}\n"      \
  "ldm r0, {r2, r4, r6, r8, r9" MORE \
  "}\n"                              \
  "stm sp, {r1, r3}\n"               \
  "strd r2, r4, [sp, #8]\n"          \
  "strd r6, r8, [sp, #16]\n"         \
  "str r9, [sp, #24]\n"

#define EG_GEMM_LEAVE_MVE \
  "add sp, #48\n"         \
  "vpop {d8-d15}\n"       \
  "pop {r4-r11, pc}\n"

/* 16 values of two pixels times four channels; MAC is vmlav for the first, vmlava after it. */
#define EG_GEMM_STEP_2_MVE(MAC)                                                                        \
  "vldrb.u8 q0, [r1], #16\n"                                                                           \
  "vldrb.u8 q2, [r5], #16\n" MAC                                                                       \
  ".s8 r0, q0, q2\n"                                                                                   \
  "vldrb.u8 q1, [r3], #16\n" MAC                                                                       \
  ".s8 r8, q1, q2\n"                                                                                   \
  "vldrb.u8 q3, [r5], #16\n" MAC                                                                       \
  ".s8 r2, q0, q3\n"                                                                                   \
  "vldrb.u8 q2, [r5], #16\n" MAC                                                                       \
  ".s8 r10, q1, q3\n"                                                                                  \
  "vldrb.u8 q3, [r5], #16\n" MAC ".s8 r4, q0, q2\n" MAC ".s8 r12, q1, q2\n" MAC ".s8 r6, q0, q3\n" MAC \
  ".s8 lr, q1, q3\n"

/* 16 values of one pixel times eight channels. */
#define EG_GEMM_STEP_1_MVE(MAC)  \
  "vldrb.u8 q0, [r1], #16\n"     \
  "vldrb.u8 q2, [r5], #16\n" MAC \
  ".s8 r0, q0, q2\n"             \
  "vldrb.u8 q3, [r5], #16\n" MAC \
  ".s8 r2, q0, q3\n"             \
  "vldrb.u8 q2, [r5], #16\n" MAC \
  ".s8 r4, q0, q2\n"             \
  "vldrb.u8 q3, [r5], #16\n" MAC \
  ".s8 r6, q0, q3\n"             \
  "vldrb.u8 q2, [r5], #16\n" MAC \
  ".s8 r8, q0, q2\n"             \
  "vldrb.u8 q3, [r5], #16\n" MAC \
  ".s8 r10, q0, q3\n"            \
  "vldrb.u8 q2, [r5], #16\n" MAC \
  ".s8 r12, q0, q2\n"            \
  "vldrb.u8 q3, [r5], #16\n" MAC ".s8 lr, q0, q3\n"

/* All steps. The first one sets the sums; then r11 leads into a loop of four, or behind it:
 * pc reads as the address behind the nop, which never runs. */
#define EG_GEMM_SUM_MVE(STEP, LOOP) \
  STEP("vmlav")                     \
  "add pc, r11\n"                   \
  "nop\n" LOOP                      \
  ":\n"                             \
  STEP("vmlava")                    \
  STEP("vmlava")                    \
  STEP("vmlava")                    \
  STEP("vmlava")                    \
  "subs.w r9, r9, #1\n"             \
  "bne.w " LOOP "b\n"

/* The sums as vectors: of four channels and two pixels, or of eight channels. */
#define EG_GEMM_VECTORS_MVE(A, B) \
  "vmov " A "[2], " A             \
  "[0], r0, r4\n"                 \
  "vmov " A "[3], " A             \
  "[1], r2, r6\n"                 \
  "vmov " B "[2], " B             \
  "[0], r8, r12\n"                \
  "vmov " B "[3], " B "[1], r10, lr\n"

#define EG_GEMM_UNSIGNED_MVE(Q)
/* Takes one from values below zero: then rounding ties up is rounding them away from zero. */
#define EG_GEMM_SIGNED_MVE(Q) \
  "vshr.s32 q3, " Q           \
  ", #31\n"                   \
  "vadd.i32 " Q ", " Q ", q3\n"

/* Requantises A and B, which share their constants. */
#define EG_GEMM_SCALE_2_MVE(A, B, SIGN)                                   \
  "vldrw.u32 q2, [r5], #16\n"                                             \
  "vadd.i32 " A ", " A                                                    \
  ", q2\n"                                                                \
  "vldrw.u32 q3, [r5], #16\n"                                             \
  "vadd.i32 " B ", " B                                                    \
  ", q2\n"                                                                \
  "vqrdmulh.s32 " A ", " A                                                \
  ", q3\n"                                                                \
  "vldrw.u32 q2, [r5], #16\n"                                             \
  "vqrdmulh.s32 " B ", " B ", q3\n" SIGN(A) SIGN(B) "vrshl.s32 " A ", " A \
                                                    ", q2\n"              \
                                                    "vrshl.s32 " B ", " B ", q2\n"

/* Requantises A and B, each with constants of its own. */
#define EG_GEMM_SCALE_1_MVE(A, B, SIGN) \
  "vldrw.u32 q2, [r5], #16\n"               \
  "vldrw.u32 q3, [r5], #16\n"               \
  "vadd.i32 " A ", " A ", q2\n"             \
  "vldrw.u32 q2, [r5], #16\n"               \
  "vadd.i32 " B ", " B ", q3\n"             \
  "vldrw.u32 q3, [r5], #16\n"               \
  "vqrdmulh.s32 " A ", " A ", q2\n"         \
  "vqrdmulh.s32 " B ", " B ", q3\n"         \
  SIGN(A)                                   \
  SIGN(B)                                   \
  "vldrw.u32 q2, [r5], #16\n"               \
  "vldrw.u32 q3, [r5], #16\n"               \
  "vrshl.s32 " A ", " A ", q2\n"            \
  "vrshl.s32 " B ", " B ", q3\n"

/* Even channels in A, odd ones in B: eight int8 in the 16-bit lanes of A. */
#define EG_GEMM_NARROW_MVE(A, B) \
  "vqmovnb.s32 " A ", " A        \
  "\n"                           \
  "vqmovnt.s32 " A ", " B        \
  "\n"                           \
  "vqadd.s16 " A ", " A          \
  ", r0\n"                       \
  "vqmovnb.s16 " A ", " A "\n"

#define EG_GEMM_2_BODY_MVE(SIGN) \
  __asm__ volatile(EG_GEMM_ENTER_MVE(", r10, r11, r12") \
  "strd r5, r10, [sp, #28]\n"               \
  "strd r11, r12, [sp, #36]\n"              \
  "4:\n"                                    \
  "ldm sp, {r1, r3, r9, r11}\n"             \
  EG_GEMM_SUM_MVE(EG_GEMM_STEP_2_MVE, "5")  \
  EG_GEMM_VECTORS_MVE("q4", "q5")           \
  EG_GEMM_SCALE_2_MVE("q4", "q5", SIGN)     \
  "ldm sp, {r1, r3, r9, r11}\n"             \
  EG_GEMM_SUM_MVE(EG_GEMM_STEP_2_MVE, "7")  \
  EG_GEMM_VECTORS_MVE("q6", "q7")           \
  EG_GEMM_SCALE_2_MVE("q6", "q7", SIGN)     \
  "ldrd r0, r2, [sp, #16]\n"                \
  "ldr r4, [sp, #24]\n"                     \
  "add r2, r7\n"                            \
  EG_GEMM_NARROW_MVE("q4", "q6")            \
  EG_GEMM_NARROW_MVE("q5", "q7")            \
  "vstrb.16 q4, [r7], #8\n"                 \
  "vstrb.16 q5, [r2]\n"                     \
  "cmp r5, r4\n"                            \
  "bne 4b\n"                                \
  "ldrd r5, r0, [sp, #28]\n"                \
  "subs r0, #1\n"                           \
  "beq 6f\n"                                \
  "str r0, [sp, #32]\n"                     \
  "ldrd r2, r4, [sp, #36]\n"                \
  "ldrd r1, r3, [sp]\n"                     \
  "add r7, r4\n"                            \
  "add r1, r2\n"                            \
  "add r3, r2\n"                            \
  "strd r1, r3, [sp]\n"                     \
  "b 4b\n"                                  \
  "6:\n" EG_GEMM_LEAVE_MVE)

#define EG_GEMM_1_BODY_MVE(SIGN) \
  __asm__ volatile(EG_GEMM_ENTER_MVE("")    \
  "4:\n"                                    \
  "ldm sp, {r1, r3, r9, r11}\n"             \
  EG_GEMM_SUM_MVE(EG_GEMM_STEP_1_MVE, "5")  \
  EG_GEMM_VECTORS_MVE("q4", "q5")           \
  EG_GEMM_SCALE_1_MVE("q4", "q5", SIGN)     \
  "ldr r0, [sp, #16]\n"                     \
  EG_GEMM_NARROW_MVE("q4", "q5")            \
  "vstrb.16 q4, [r7], #8\n"                 \
  "ldr r0, [sp, #24]\n"                     \
  "cmp r5, r0\n"                            \
  "bne 4b\n" EG_GEMM_LEAVE_MVE)

#endif
