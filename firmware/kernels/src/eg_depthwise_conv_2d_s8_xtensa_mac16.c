#include "eg_depthwise_conv_2d_s8_xtensa_mac16.h"

/* An output line of one channel. Offsets are known to the assembly below. */
typedef struct {
  const int16_t* from; /* 4 bytes before the first word of the first output's window */
  const int32_t* even; /* weights of windows that start in a low half, 4 bytes before them */
  const int32_t* odd;  /* those of the second output of each pair */
  int32_t odd_step;    /* from the first output's word to the second one's, in bytes */
  int32_t pair_step;   /* to the next pair's */
  int32_t filter_lines;
  int32_t word_pairs; /* of a filter line */
  int32_t line_skip;  /* from where a filter line's loads end to the next line */
  const int32_t* quant;
  int8_t* output;
  int32_t output_run_step;
  const int8_t* end;
} line_type;

/* One output from window a4 with weights a5; one word behind the last of each line is read. a2 line, a6 bias,
 * a7 multiplier, a8 rounding, a9 output, a10 output_run_step, a11 word_pairs, a15 line_skip. */
#define OUTPUT(MORE)                  \
  "wsr a6, acclo\n"                   \
  "l32i a12, a2, 20\n"                \
  "2:\n"                              \
  "ldinc m0, a4\n"                    \
  "ldinc m2, a5\n"                    \
  "loopnez a11, 3f\n"                 \
  "mula.dd.ll.ldinc m1, a4, m0, m2\n" \
  "mula.dd.hh.ldinc m3, a5, m0, m2\n" \
  "mula.dd.ll.ldinc m0, a4, m1, m3\n" \
  "mula.dd.hh.ldinc m2, a5, m1, m3\n" \
  "3:\n"                              \
  "addi a12, a12, -1\n"               \
  "addi a5, a5, -4\n"                 \
  "add a4, a4, a15\n"                 \
  "bnez a12, 2b\n"                    \
  "rsr a13, acclo\n"                  \
  "mulsh a14, a13, a7\n" MORE         \
  "add a14, a14, a8\n"                \
  "sra a14, a14\n"                    \
  "clamps a14, a14, 7\n"              \
  "s8i a14, a9, 0\n"                  \
  "add a9, a9, a10\n"                 \
  "l32i a14, a2, 44\n"

#define SIGNED            \
  "bgez a13, 4f\n"        \
  "addi a14, a14, -128\n" \
  "4:\n"

#define LINE(MORE) \
  __asm__ volatile(                                                                                                   \
      "l32i a3, a2, 32\n"                                                                                             \
      "l32i a6, a3, 0\n"                                                                                              \
      "l32i a7, a3, 4\n"                                                                                              \
      "l32i a8, a3, 8\n"                                                                                              \
      "l32i a3, a3, 12\n"                                                                                             \
      "ssr a3\n"                                                                                                      \
      "l32i a3, a2, 0\n"                                                                                              \
      "l32i a9, a2, 36\n"                                                                                             \
      "l32i a10, a2, 40\n"                                                                                            \
      "l32i a11, a2, 24\n"                                                                                            \
      "l32i a15, a2, 28\n"                                                                                            \
      "1:\n"                                                                                                          \
      "l32i a5, a2, 4\n"                                                                                              \
      "mov a4, a3\n" OUTPUT(MORE) "beq a9, a14, 5f\n"                                                                \
      "l32i a5, a2, 8\n"                                                                                              \
      "l32i a4, a2, 12\n"                                                                                             \
      "add a4, a4, a3\n"                                                                                              \
      "l32i a14, a2, 16\n"                                                                                            \
      "add a3, a3, a14\n" OUTPUT(MORE) "beq a9, a14, 5f\n"                                                           \
      "j 1b\n"                                                                                                        \
      "5:\n"                                                                                                          \
      :                                                                                                               \
      : "r"(a2)                                                                                                       \
      : "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", EG_STATE_MAC16, "memory")

static void make_line(const line_type* line, bool is_signed) {
  register const line_type* a2 __asm__("a2") = line;
  if (is_signed) {
    LINE(SIGNED);
  } else {
    LINE("");
  }
}

void eg_depthwise_conv_2d_s8_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input,
                                          const int32_t* packed, int8_t* output, void* scratch) {
  const eg_depthwise_mac16_params* const p = params;
  int16_t* const lines = (int16_t*)scratch;
  const int32_t line_values = p->line_bytes / 2;
  const int32_t odd_words = p->stride_run % 2 * p->filter_lines * p->filter_words;
  line_type to = {lines,
                  packed,
                  packed,
                  p->stride_run / 2 * 4,
                  p->stride_run * 4,
                  p->filter_lines,
                  p->filter_words / 2,
                  p->line_bytes - 4 * p->filter_words - 4,
                  packed,
                  output,
                  p->output_run_step,
                  output};
  /* The padding at both ends of a line stays. */
  eg_fill_mac16(lines, p->zero_point * 256, ((p->strip - 1) * p->stride_line + p->filter_lines) * line_values);
  for (int32_t c = 0; c < p->channels; ++c) {
    for (int32_t line = 0; line < p->output_lines; line += p->strip) {
      const int32_t count = p->output_lines - line < p->strip ? p->output_lines - line : p->strip;
      eg_depthwise_stage_xtensa_mac16(p, input + c, line, count, lines);
      for (int32_t i = 0; i < p->depth_multiplier; ++i) {
        const int32_t channel = c * p->depth_multiplier + i;
        to.quant = packed + channel * p->packed_words;
        to.even = to.quant + 3;
        to.odd = to.even + odd_words;
        for (int32_t l = 0; l < count; ++l) {
          to.from = lines + l * p->stride_line * line_values - 2;
          to.output = output + channel + (line + l) * p->output_line_step;
          to.end = to.output + p->output_run * p->output_run_step;
          make_line(&to, p->is_signed != 0);
        }
      }
    }
  }
}
