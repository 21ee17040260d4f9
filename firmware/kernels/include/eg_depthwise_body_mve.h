/* The bodies of the depthwise kernels, in assembler: compilers spill. 16 channels of one pixel are a vector's lanes.
 * Products of int8 have 16 bits, and so has the sum of two of them, since the weights allow it; then they are widened.
 * The four sums hold the channels 0, 4, 8, 12 of 16, then 2, 6, ..., 1, 5, ... and 3, 7, ...: products widen and
 * results narrow in that order. */
#ifndef EG_DEPTHWISE_BODY_MVE_H
#define EG_DEPTHWISE_BODY_MVE_H

/* Values of a tap, all or those that the predicate allows. */
#define EG_LOAD_ALL_MVE(FROM) "vldrb.u8 q0, [" FROM "]"
#define EG_LOAD_LIVE_MVE(FROM) "vpst\nvldrbt.u8 q0, [" FROM "]"

/* Products of a tap, of the even channels to EVEN, of the odd ones to ODD. */
#define EG_TAP_MVE(LOAD, FROM, STEP, PACKED, EVEN, ODD) \
  LOAD(FROM)                                            \
  STEP "\n"                                             \
       "vldrw.u32 q1, [" PACKED                         \
       "], #16\n"                                       \
       "vmullb.s8 " EVEN                                \
       ", q0, q1\n"                                     \
       "vmullt.s8 " ODD ", q0, q1\n"

/* The same, added to EVEN and ODD. SPARE may be q1, which is then loaded again. */
#define EG_SECOND_TAP_MVE(LOAD, FROM, STEP, PACKED, EVEN, ODD, SPARE, AGAIN) \
  LOAD(FROM)                                                                 \
  STEP "\n"                                                                  \
       "vldrw.u32 q1, [" PACKED                                              \
       "], #16\n"                                                            \
       "vmullb.s8 " SPARE                                                    \
       ", q0, q1\n"                                                          \
       "vadd.i16 " EVEN ", " EVEN ", " SPARE "\n" AGAIN                      \
       "vmullt.s8 q0, q0, q1\n"                                              \
       "vadd.i16 " ODD ", " ODD ", q0\n"

/* Adds 16-bit products in q3 and q5 to the sums in q6, q7, q2 and q4. */
#define EG_WIDEN_MVE      \
  "vmovlb.s16 q0, q3\n"   \
  "vmovlt.s16 q3, q3\n"   \
  "vadd.i32 q6, q6, q0\n" \
  "vmovlb.s16 q1, q5\n"   \
  "vadd.i32 q7, q7, q3\n" \
  "vmovlt.s16 q5, q5\n"   \
  "vadd.i32 q2, q2, q1\n" \
  "vadd.i32 q4, q4, q5\n"

#define EG_DEPTHWISE_UNSIGNED_MVE(Q)
/* Takes one from values below zero: then rounding ties up is rounding them away from zero. */
#define EG_DEPTHWISE_SIGNED_MVE(Q) \
  "vshr.s32 q1, " Q                \
  ", #31\n"                        \
  "vadd.i32 " Q ", " Q ", q1\n"

/* Requantises the sums: multipliers and shifts at PACKED, the output's offset in ZERO; the result in q0. */
#define EG_DEPTHWISE_SCALE_MVE(PACKED, ZERO, SIGN)                                                  \
  "vldrw.u32 q0, [" PACKED                                                                          \
  "], #16\n"                                                                                        \
  "vldrw.u32 q1, [" PACKED                                                                          \
  "], #16\n"                                                                                        \
  "vqrdmulh.s32 q6, q6, q0\n"                                                                       \
  "vldrw.u32 q3, [" PACKED                                                                          \
  "], #16\n"                                                                                        \
  "vqrdmulh.s32 q7, q7, q1\n"                                                                       \
  "vldrw.u32 q5, [" PACKED                                                                          \
  "], #16\n"                                                                                        \
  "vqrdmulh.s32 q2, q2, q3\n"                                                                       \
  "vldrw.u32 q0, [" PACKED                                                                          \
  "], #16\n"                                                                                        \
  "vqrdmulh.s32 q4, q4, q5\n" SIGN("q6") SIGN("q7") SIGN("q2") SIGN("q4") "vldrw.u32 q1, [" PACKED  \
                                                                          "], #16\n"                \
                                                                          "vrshl.s32 q6, q6, q0\n"  \
                                                                          "vldrw.u32 q3, [" PACKED  \
                                                                          "], #16\n"                \
                                                                          "vrshl.s32 q7, q7, q1\n"  \
                                                                          "vldrw.u32 q5, [" PACKED  \
                                                                          "], #16\n"                \
                                                                          "vrshl.s32 q2, q2, q3\n"  \
                                                                          "vqmovnb.s32 q6, q6\n"    \
                                                                          "vrshl.s32 q4, q4, q5\n"  \
                                                                          "vqmovnt.s32 q6, q7\n"    \
                                                                          "vqmovnb.s32 q2, q2\n"    \
                                                                          "vqadd.s16 q6, q6, " ZERO \
                                                                          "\n"                      \
                                                                          "vqmovnt.s32 q2, q4\n"    \
                                                                          "vqmovnb.s16 q0, q6\n"    \
                                                                          "vqadd.s16 q2, q2, " ZERO \
                                                                          "\n"                      \
                                                                          "vqmovnt.s16 q0, q2\n"

#define EG_LOAD_AGAIN_MVE(PACKED) "vldrw.u32 q1, [" PACKED ", #-16]\n"

/* r0 to r8: the taps; r9: packed; r10: output; r11: the output's offset. */
#define EG_DEPTHWISE_9_BLOCK_MVE(LOAD, SIGN)                                                               \
  EG_TAP_MVE(LOAD, "r0", ", #16", "r9", "q2", "q3")                                                        \
  EG_SECOND_TAP_MVE(LOAD, "r1", ", #16", "r9", "q2", "q3", "q6", "")                                       \
  EG_TAP_MVE(LOAD, "r2", ", #16", "r9", "q4", "q5")                                                        \
  EG_SECOND_TAP_MVE(LOAD, "r3", ", #16", "r9", "q4", "q5", "q6", "")                                       \
  "vmovlb.s16 q6, q2\n"                                                                                    \
  "vmovlb.s16 q7, q4\n"                                                                                    \
  "vmovlt.s16 q2, q2\n"                                                                                    \
  "vadd.i32 q6, q6, q7\n"                                                                                  \
  "vmovlt.s16 q4, q4\n"                                                                                    \
  "vmovlb.s16 q0, q3\n"                                                                                    \
  "vadd.i32 q7, q2, q4\n"                                                                                  \
  "vmovlb.s16 q2, q5\n"                                                                                    \
  "vmovlt.s16 q3, q3\n"                                                                                    \
  "vadd.i32 q2, q2, q0\n"                                                                                  \
  "vmovlt.s16 q5, q5\n"                                                                                    \
  "vadd.i32 q4, q3, q5\n" EG_TAP_MVE(LOAD, "r4", ", #16", "r9", "q3", "q5")                                \
      EG_SECOND_TAP_MVE(LOAD, "r5", ", #16", "r9", "q3", "q5", "q1", EG_LOAD_AGAIN_MVE("r9")) EG_WIDEN_MVE \
      EG_TAP_MVE(LOAD, "r6", ", #16", "r9", "q3", "q5")                                                    \
          EG_SECOND_TAP_MVE(LOAD, "r7", ", #16", "r9", "q3", "q5", "q1", EG_LOAD_AGAIN_MVE("r9"))          \
              EG_WIDEN_MVE EG_TAP_MVE(LOAD, "r8", ", #16", "r9", "q3", "q5") EG_WIDEN_MVE                  \
      "vldrw.u32 q0, [r9], #16\n"                                                                          \
      "vldrw.u32 q1, [r9], #16\n"                                                                          \
      "vadd.i32 q6, q6, q0\n"                                                                              \
      "vldrw.u32 q3, [r9], #16\n"                                                                          \
      "vadd.i32 q7, q7, q1\n"                                                                              \
      "vldrw.u32 q5, [r9], #16\n"                                                                          \
      "vadd.i32 q2, q2, q3\n"                                                                              \
      "vadd.i32 q4, q4, q5\n" EG_DEPTHWISE_SCALE_MVE("r9", "r11", SIGN)

/* Offsets as in eg_depthwise_9_mve, which lies at [sp]. */
#define EG_DEPTHWISE_9_BODY_MVE(SIGN) \
  __asm__ volatile(                                    \
      "push {r4-r11, lr}\n"                            \
      "vpush {d8-d15}\n"                               \
      "push {r0}\n"                                    \
      "4:\n"                                           \
      "ldr lr, [sp]\n"                                 \
      "ldrd r9, r10, [lr, #36]\n"                      \
      "ldrd r11, r12, [lr, #44]\n"                     \
      "ldm lr, {r0-r8}\n"                              \
      "6:\n"                                           \
      "wls lr, r12, 2f\n"                              \
      "1:\n"                                           \
      EG_DEPTHWISE_9_BLOCK_MVE(EG_LOAD_ALL_MVE, SIGN)  \
      "vstrb.8 q0, [r10], #16\n"                       \
      "le lr, 1b\n"                                    \
      "2:\n"                                           \
      "ldr lr, [sp]\n"                                 \
      "ldr r12, [lr, #52]\n"                           \
      "cmp r12, #0\n"                                  \
      "bne 7f\n"                                       \
      "3:\n"                                           \
      "ldr r9, [lr, #56]\n"                            \
      "subs r9, #1\n"                                  \
      "beq 5f\n"                                       \
      "str r9, [lr, #56]\n"                            \
      "ldrd r12, r9, [lr, #100]\n"                     \
      "cmp r12, #0\n"                                  \
      "bne 8f\n"                                       \
      "ldr r12, [lr, #48]\n"                           \
      "b 6b\n"                                         \
      "8:\n"                                           \
      "mov r0, lr\n"                                   \
      "vldrw.u32 q0, [r0]\n"                           \
      "vldrw.u32 q1, [r0, #64]\n"                      \
      "ldr r2, [r0, #60]\n"                            \
      "vadd.i32 q0, q0, q1\n"                          \
      "vldrw.u32 q2, [r0, #16]\n"                      \
      "vldrw.u32 q3, [r0, #80]\n"                      \
      "vstrw.32 q0, [r0]\n"                            \
      "vadd.i32 q2, q2, q3\n"                          \
      "ldr r3, [r0, #32]\n"                            \
      "ldr r4, [r0, #96]\n"                            \
      "vstrw.32 q2, [r0, #16]\n"                       \
      "ldr r5, [r0, #40]\n"                            \
      "add r3, r4\n"                                   \
      "str r3, [r0, #32]\n"                            \
      "add r5, r2\n"                                   \
      "str r5, [r0, #40]\n"                            \
      "b 4b\n"                                         \
      "7:\n"                                           \
      "vctp.8 r12\n"                                   \
      EG_DEPTHWISE_9_BLOCK_MVE(EG_LOAD_LIVE_MVE, SIGN) \
      "vpst\n"                                         \
      "vstrbt.8 q0, [r10]\n"                           \
      "ldr lr, [sp]\n"                                 \
      "b 3b\n"                                         \
      "5:\n"                                           \
      "pop {r0}\n"                                     \
      "vpop {d8-d15}\n"                                \
      "pop {r4-r11, pc}\n")

/* r3: bytes from the taps to this block; r4: packed; r6: the output's offset; r7: pairs of taps; r8: the taps;
 * r9: whether one more follows. BEGIN, TWO and ONE: the addresses of the next taps in r1 and r2. */
#define EG_DEPTHWISE_TAPS_BLOCK_MVE(LOAD, SIGN, BEGIN, TWO, ONE, SECOND, STEP, PAIR, REST, END)           \
  "vldrw.u32 q6, [r4], #16\n"                                                                             \
  "vldrw.u32 q7, [r4], #16\n"                                                                             \
  "vldrw.u32 q2, [r4], #16\n"                                                                             \
  "vldrw.u32 q4, [r4], #16\n" BEGIN "wls lr, r7, " REST "f\n" PAIR ":\n" TWO                              \
  EG_TAP_MVE(LOAD, "r1", STEP, "r4", "q3", "q5")                                                          \
      EG_SECOND_TAP_MVE(LOAD, SECOND, STEP, "r4", "q3", "q5", "q1", EG_LOAD_AGAIN_MVE("r4")) EG_WIDEN_MVE \
      "le lr, " PAIR "b\n" REST                                                                           \
      ":\n"                                                                                               \
      "cmp r9, #0\n"                                                                                      \
      "beq " END "f\n" ONE EG_TAP_MVE(LOAD, "r1", "", "r4", "q3", "q5") EG_WIDEN_MVE END                  \
      ":\n" EG_DEPTHWISE_SCALE_MVE("r4", "r6", SIGN)

/* Taps from a list. */
#define EG_DEPTHWISE_LISTED_MVE(LOAD, SIGN, PAIR, REST, END)                                                 \
  EG_DEPTHWISE_TAPS_BLOCK_MVE(LOAD, SIGN, "mov r0, r8\n", "ldrd r1, r2, [r0], #8\nadd r1, r3\nadd r2, r3\n", \
                              "ldr r1, [r0]\nadd r1, r3\n", "r2", "", PAIR, REST, END)

/* Taps r8 bytes apart. */
#define EG_DEPTHWISE_LINE_MVE(LOAD, SIGN, PAIR, REST, END) \
  EG_DEPTHWISE_TAPS_BLOCK_MVE(LOAD, SIGN, "mov r1, r3\n", "", "", "r1", "\nadd r1, r8", PAIR, REST, END)

#define EG_DEPTHWISE_TAPS_BODY_MVE(BLOCK, SIGN) \
  __asm__ volatile(                                                              \
      "push {r4-r11, lr}\n"                                                      \
      "vpush {d8-d15}\n"                                                         \
      "push {r0}\n"                                                              \
      "10:\n"                                                                    \
      "ldr r3, [r0, #32]\n"                                                      \
      "ldm r0, {r4-r11}\n"                                                       \
      "cmp r10, #0\n"                                                            \
      "beq 8f\n"                                                                 \
      "1:\n"                                                                     \
      BLOCK(EG_LOAD_ALL_MVE, SIGN, "2", "3", "4")          \
      "vstrb.8 q0, [r5], #16\n"                                                  \
      "adds r3, #16\n"                                                           \
      "subs r10, #1\n"                                                           \
      "bne 1b\n"                                                                 \
      "8:\n"                                                                     \
      "cmp r11, #0\n"                                                            \
      "beq 9f\n"                                                                 \
      "vctp.8 r11\n"                                                             \
      BLOCK(EG_LOAD_LIVE_MVE, SIGN, "5", "6", "7")         \
      "vpst\n"                                                                   \
      "vstrbt.8 q0, [r5]\n"                                                      \
      "9:\n"                                                                     \
      "ldr r0, [sp]\n"                                                           \
      "ldrd r1, r2, [r0, #36]\n"                                                 \
      "subs r1, #1\n"                                                            \
      "beq 11f\n"                                                                \
      "str r1, [r0, #36]\n"                                                      \
      "ldr r3, [r0, #32]\n"                                                      \
      "add r3, r2\n"                                                             \
      "ldr r5, [r0, #44]\n"                                                      \
      "ldr r4, [r0, #4]\n"                                                       \
      "str r3, [r0, #32]\n"                                                      \
      "add r4, r5\n"                                                             \
      "str r4, [r0, #4]\n"                                                       \
      "b 10b\n"                                                                  \
      "11:\n"                                                                    \
      "pop {r0}\n"                                                               \
      "vpop {d8-d15}\n"                                                          \
      "pop {r4-r11, pc}\n")

#endif
