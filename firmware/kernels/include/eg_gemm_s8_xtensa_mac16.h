/* Matrix product in int8 for Xtensa LX6: widened columns, one per pixel, times every output channel. */
#ifndef EG_GEMM_S8_XTENSA_MAC16_H
#define EG_GEMM_S8_XTENSA_MAC16_H

#include "eg_xtensa_mac16.h"

/* `packed`: for each channel four words and then its weights, `depth_bytes` of int16, a multiple of 8, in the columns'
 * order:
 *   bias       256 * (bias - zero_point * sum of weights), what the sum starts with
 *   multiplier Q31
 *   rounding   (output_zero_point << right) + 2^(right - 1), and another 2^6 where right is above 7
 *   right      7 - shift
 * All sums, 256 times the true ones, must fit 32 bits, and so must a scaled sum with its rounding. */
typedef struct {
  const int16_t* columns; /* 4 bytes before the first; one word behind the last is read */
  const int32_t* packed;
  int8_t* output;
  int32_t steps;         /* depth_bytes / 8 - 1 */
  int32_t column_skip;   /* from the end of a column to the start of the next, in bytes; may be negative */
  int32_t depth_bytes;   /* of one column as it is read */
  int32_t output_stride; /* from pixel to pixel */
  int32_t span;          /* pixels * output_stride; not 0 */
  int32_t last_span;     /* span - 1 */
  const int8_t* end;     /* output + span + channels */
  int32_t* wide;         /* for eg_gemm_narrow_...: 16 + depth_bytes bytes of scratch memory */
} eg_gemm_mac16;

typedef void eg_gemm_function_mac16(const eg_gemm_mac16* gemm);

/* For columns that follow each other, outputs of which the activation keeps only what is not below the zero point. */
eg_gemm_function_mac16 eg_gemm_dense_s8_xtensa_mac16;
/* The same with any column_skip. */
eg_gemm_function_mac16 eg_gemm_s8_xtensa_mac16;
/* Any column_skip; sums below zero are rounded as eg_requantize does for right shifts of at least 1. */
eg_gemm_function_mac16 eg_gemm_signed_s8_xtensa_mac16;
/* For sums that don't fit: 4 times the true ones must. Bias is 4 times the true one, and result =
 * (high word of 4 * sum * multiplier + rounding) >> right, rounding = 1 + 2^-shift + (output_zero_point << right) (no
 * 2^-shift where shift is 0), right = 1 - shift. */
eg_gemm_function_mac16 eg_gemm_deep_s8_xtensa_mac16;
eg_gemm_function_mac16 eg_gemm_deep_signed_s8_xtensa_mac16;
/* eg_gemm_s8_... and eg_gemm_signed_... with weights of half the size, in bytes, which are widened for each tile: w0 w1
 * w2 w3 of a group of four are kept as w0 + 128, w2 + 128, w1 + 128, w3 + 128, less 1 for w1 where w0 is not below zero
 * and for w3 where w2 is not. So no weight is -128. */
eg_gemm_function_mac16 eg_gemm_narrow_s8_xtensa_mac16;
eg_gemm_function_mac16 eg_gemm_narrow_signed_s8_xtensa_mac16;

/* They differ in START, SKIP, SCALE and REPEAT, assembly that sets the accumulator, that moves on to the next column,
 * that scales the sum from a15 to a14, and that goes on with the next channel. a2 gemm, a3 column, a4 weights, a5
 * output, a6 its end, a7 steps, a8 column_skip, a9 depth_bytes, a10 output_stride, a11 bias, a12 multiplier, a13
 * rounding. A word is loaded one word ahead; the last load of a sum is the first of the next one. */
#define EG_GEMM_BODY_MAC16(gemm, START, SKIP, SCALE, REPEAT) \
  register const eg_gemm_mac16* a2 __asm__("a2") = gemm;     \
  __asm__ volatile(                                          \
      "l32i a4, a2, 4\n"                                     \
      "l32i a5, a2, 8\n"                                     \
      "l32i a6, a2, 28\n"                                    \
      "add a6, a5, a6\n"                                     \
      "l32i a7, a2, 12\n"                                    \
      "l32i a8, a2, 16\n"                                    \
      "l32i a9, a2, 20\n"                                    \
      "l32i a10, a2, 24\n"                                   \
      "1:\n" /* a channel */                                 \
      "l32i a11, a4, 0\n"                                    \
      "l32i a12, a4, 4\n"                                    \
      "l32i a13, a4, 8\n"                                    \
      "l32i a14, a4, 12\n"                                   \
      "ssr a14\n"                                            \
      "addi a4, a4, 12\n"                                    \
      "ldinc m0, a4\n"                                       \
      "l32i a3, a2, 0\n"                                     \
      "ldinc m2, a3\n"                                       \
      "2:\n" START /* a pixel */                             \
      "loopnez a7, 3f\n"                                     \
      "mula.dd.ll.ldinc m1, a4, m0, m2\n"                    \
      "mula.dd.hh.ldinc m3, a3, m0, m2\n"                    \
      "mula.dd.ll.ldinc m0, a4, m1, m3\n"                    \
      "mula.dd.hh.ldinc m2, a3, m1, m3\n"                    \
      "3:\n"                                                 \
      "mula.dd.ll.ldinc m1, a4, m0, m2\n"                    \
      "mula.dd.hh.ldinc m3, a3, m0, m2\n"                    \
      "sub a4, a4, a9\n" SKIP                                \
      "mula.dd.ll.ldinc m0, a4, m1, m3\n"                    \
      "mula.dd.hh.ldinc m2, a3, m1, m3\n"                    \
      "rsr a15, acclo\n" SCALE                               \
      "add a14, a14, a13\n"                                  \
      "sra a14, a14\n"                                       \
      "clamps a14, a14, 7\n"                                 \
      "s8i a14, a5, 0\n"                                     \
      "add a5, a5, a10\n"                                    \
      "bne a5, a6, 2b\n"                                     \
      "l32i a14, a2, 32\n"                                   \
      "sub a5, a5, a14\n"                                    \
      "add a4, a4, a9\n"                                     \
      "addi a6, a6, 1\n"                                     \
      "l32i a14, a2, 36\n" REPEAT                            \
      :                                                      \
      : "r"(a2)                                              \
      : "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", EG_STATE_MAC16, "memory")

#define EG_REPEAT_MAC16 "bne a6, a14, 1b\n"
/* The same where that branch would not reach. */
#define EG_REPEAT_FAR_MAC16 \
  "beq a6, a14, 5f\n"       \
  "j 1b\n"                  \
  "5:\n"
#define EG_START_MAC16 "wsr a11, acclo\n"
#define EG_START_DEEP_MAC16 \
  "movi a14, 0\n"           \
  "wsr a14, acclo\n"        \
  "wsr a14, acchi\n"
#define EG_NO_SKIP_MAC16 ""
#define EG_SKIP_MAC16 "add a3, a3, a8\n"
#define EG_SCALE_MAC16 "mulsh a14, a15, a12\n"
/* A high product in units of 2^-7: below zero, one unit less, so that halves round away from zero. */
#define EG_SCALE_SIGNED_MAC16 \
  "mulsh a14, a15, a12\n"     \
  "bgez a15, 4f\n"            \
  "addi a14, a14, -128\n"     \
  "4:\n"

/* a15 holds the low word of 256 times the sum. */
#define EG_SCALE_DEEP_MAC16 \
  "rsr a14, acchi\n"        \
  "srli a15, a15, 6\n"      \
  "slli a14, a14, 26\n"     \
  "add a15, a15, a14\n"     \
  "add a15, a15, a11\n"     \
  "mulsh a14, a15, a12\n"
#define EG_SCALE_DEEP_SIGNED_MAC16 \
  EG_SCALE_DEEP_MAC16              \
  "bgez a15, 4f\n"                 \
  "addi a14, a14, -2\n"            \
  "4:\n"

/* Runs `gemm` channel by channel, each with weights that were kept as bytes. */
EG_INLINE void eg_gemm_widened_mac16(const eg_gemm_mac16* narrow, eg_gemm_function_mac16* gemm) {
  eg_gemm_mac16 one = *narrow;
  one.packed = narrow->wide;
  one.end = one.output + one.span + 1;
  const int32_t* from = narrow->packed;
  for (; one.end <= narrow->end; ++one.output, ++one.end) {
    int32_t* to = narrow->wide;
    for (int32_t i = 0; i < 4; ++i) *to++ = *from++;
    from = eg_widen_weights_mac16(from, narrow->steps + 1, to);
    gemm(&one);
  }
}

#endif
