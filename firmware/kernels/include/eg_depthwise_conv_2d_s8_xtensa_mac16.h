/* DEPTHWISE_CONV_2D in int8 for Xtensa LX6: one channel at a time, its plane widened line by line. */
#ifndef EG_DEPTHWISE_CONV_2D_S8_XTENSA_MAC16_H
#define EG_DEPTHWISE_CONV_2D_S8_XTENSA_MAC16_H

#include "eg_xtensa_mac16.h"

/* Lines run along the width or along the height, whichever suits the layer: the fields speak of `run`, the direction
 * along a line, and of lines. Steps are bytes from one value of a channel to the next. */
typedef struct {
  int32_t channels;         /* of the input */
  int32_t depth_multiplier; /* outputs of each */
  int32_t input_run;        /* values of a line */
  int32_t input_run_step;
  int32_t input_lines;
  int32_t input_line_step;
  int32_t filter_run;
  int32_t filter_lines;
  int32_t output_run;
  int32_t output_run_step;
  int32_t output_lines;
  int32_t output_line_step;
  int32_t stride_run;
  int32_t stride_line;
  int32_t pad_run;
  int32_t pad_line;
  int32_t zero_point;   /* of the input: what padding reads as */
  int32_t line_bytes;   /* of a widened line with its padding; a multiple of 4 */
  int32_t strip;        /* output lines that are made at a time */
  int32_t packed_words; /* of an output channel */
  int32_t filter_words; /* of a filter line, even; what eg_depthwise_3x3_... does without */
  int32_t is_signed;    /* sums below zero are rounded as eg_requantize does for right shifts of at least 1 */
} eg_depthwise_mac16_params;

/* One batch, no dilation. `packed`: for each output channel bias, multiplier, rounding and right as in
 * eg_gemm_s8_xtensa_mac16.h, then its weights as 16-bit values: nine and a zero for eg_depthwise_3x3_..., which takes
 * filters of 3x3 with a stride of 1 or 2 along a line and no sum that is_signed tells of; for any filter else the
 * weights of each filter line from an even place on and, where stride_run is odd, those from an odd place on (a zero
 * ahead of them), both filled up with zeros to `filter_words`, of two values each. scratch: the lines of a strip,
 * ((strip - 1) * stride_line + filter_lines) * line_bytes, and 4 * filter_words + 16 bytes. */
void eg_depthwise_conv_2d_s8_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input,
                                          const int32_t* packed, int8_t* output, void* scratch);
void eg_depthwise_3x3_conv_2d_s8_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input,
                                              const int32_t* packed, int8_t* output, void* scratch);

/* One channel's strip. Offsets are known to the assembly below. */
typedef struct {
  const int16_t* lines;  /* 4 bytes before the first */
  int32_t line_bytes;    /* from one line to the next */
  const int32_t* packed; /* the channel's */
  int8_t* output;
  int32_t output_run_step;
  int32_t pairs;       /* output_run / 2 */
  int32_t more_pairs;  /* pairs - 1 */
  int32_t odd;         /* output_run % 2 */
  int32_t back[3];     /* what takes each line's pointer from the end of an output line to the next one */
  int32_t output_back; /* the same for the output's */
  const int8_t* end;   /* output + strip * output_line_step */
  int32_t a0;          /* the return address meanwhile */
} eg_depthwise_strip_mac16;

void eg_depthwise_3x3_stride_1_s8_xtensa_mac16(eg_depthwise_strip_mac16* strip);
void eg_depthwise_3x3_stride_2_s8_xtensa_mac16(eg_depthwise_strip_mac16* strip);

/* Widens the lines that a strip from output line `line` on needs and that are not there yet, of one channel. */
void eg_depthwise_stage_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input, int32_t line,
                                     int32_t count, int16_t* lines);

/* a2 strip, a3 a4 a5 the three lines, a6 to a10 the weights, a11 bias, a12 multiplier, a13 rounding, a14 output,
 * a15 output_run_step, a0 a sum or temporary. Words of the first and the third line go through m0 and m1, those of the
 * second through m2 and m3, loaded along with multiplications that come earlier. Some loads only take a pointer back
 * and leave a register's value as it is.
 *
 * A pair of outputs is EARLY of the first, its LATE, then the second one's EARLY and LATE; a sum is scaled and stored
 * between the next one's two. QEMU 7.2 gives a MAC16 register's old value where it is read, loaded and read again
 * within one of its translation blocks. Blocks end at each mulsh, which is emulated, and at the end of a loop; the
 * order keeps to that, and a branch that is never taken ends one where needed. */
#define EG_DEPTHWISE_3X3_MAC16(strip, EARLY_1, LATE_1, EARLY_2, LATE_2)       \
  register eg_depthwise_strip_mac16* a2 __asm__("a2") = strip;                \
  __asm__ volatile(                                                           \
      "s32i a0, a2, 52\n"                                                     \
      "l32i a3, a2, 8\n"                                                      \
      "l32i a11, a3, 0\n"                                                     \
      "l32i a12, a3, 4\n"                                                     \
      "l32i a13, a3, 8\n"                                                     \
      "l32i a0, a3, 12\n"                                                     \
      "ssr a0\n"                                                              \
      "l32i a6, a3, 16\n"                                                     \
      "l32i a7, a3, 20\n"                                                     \
      "l32i a8, a3, 24\n"                                                     \
      "l32i a9, a3, 28\n"                                                     \
      "l32i a10, a3, 32\n"                                                    \
      "l32i a3, a2, 0\n"                                                      \
      "l32i a0, a2, 4\n"                                                      \
      "add a4, a3, a0\n"                                                      \
      "add a5, a4, a0\n"                                                      \
      "l32i a14, a2, 12\n"                                                    \
      "l32i a15, a2, 16\n"                                                    \
      "1:\n" /* an output line */                                             \
      "ldinc m0, a3\n"                                                        \
      "ldinc m1, a3\n"                                                        \
      "ldinc m2, a4\n"                                                        \
      "ldinc m3, a4\n"                                                        \
      "l32i a0, a2, 20\n"                                                     \
      "beqz a0, 4f\n" EG_BIAS_MAC16 EARLY_1 EG_END_BLOCK_MAC16 LATE_1         \
      "rsr a0, acclo\n" EG_BIAS_MAC16 EARLY_2 EG_SCALE_AND_STORE_MAC16 LATE_2 \
      "l32i a0, a2, 24\n"                                                     \
      "loopnez a0, 2f\n"                                                      \
      "rsr a0, acclo\n" EG_BIAS_MAC16 EARLY_1 EG_SCALE_AND_STORE_MAC16 LATE_1 \
      "rsr a0, acclo\n" EG_BIAS_MAC16 EARLY_2 EG_SCALE_AND_STORE_MAC16 LATE_2 \
      "2:\n"                                                                  \
      "l32i a0, a2, 28\n"                                                     \
      "beqz a0, 5f\n"                                                         \
      "rsr a0, acclo\n" EG_BIAS_MAC16 EARLY_1 EG_SCALE_AND_STORE_MAC16 LATE_1 \
      "j 5f\n"                                                                \
      "4:\n" EG_BIAS_MAC16 EARLY_1 EG_END_BLOCK_MAC16 LATE_1                  \
      "5:\n"                                                                  \
      "rsr a0, acclo\n" EG_SCALE_AND_STORE_MAC16                              \
      "l32i a0, a2, 32\n"                                                     \
      "add a3, a3, a0\n"                                                      \
      "l32i a0, a2, 36\n"                                                     \
      "add a4, a4, a0\n"                                                      \
      "l32i a0, a2, 40\n"                                                     \
      "add a5, a5, a0\n"                                                      \
      "l32i a0, a2, 44\n"                                                     \
      "add a14, a14, a0\n"                                                    \
      "l32i a0, a2, 48\n"                                                     \
      "beq a14, a0, 6f\n"                                                     \
      "j 1b\n"                                                                \
      "6:\n"                                                                  \
      "l32i a0, a2, 52\n"                                                     \
      :                                                                       \
      : "r"(a2)                                                               \
      : "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", EG_STATE_MAC16, "memory")

#define EG_BIAS_MAC16 "wsr a11, acclo\n"
#define EG_END_BLOCK_MAC16 \
  "bne a2, a2, 3f\n"       \
  "3:\n"
#define EG_SCALE_AND_STORE_MAC16 \
  "mulsh a0, a0, a12\n"          \
  "add a0, a0, a13\n"            \
  "sra a0, a0\n"                 \
  "clamps a0, a0, 7\n"           \
  "s8i a0, a14, 0\n"             \
  "add a14, a14, a15\n"

#endif
