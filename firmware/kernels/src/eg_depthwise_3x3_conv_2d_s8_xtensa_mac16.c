#include "eg_depthwise_conv_2d_s8_xtensa_mac16.h"

void eg_depthwise_3x3_conv_2d_s8_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input,
                                              const int32_t* packed, int8_t* output, void* scratch) {
  const eg_depthwise_mac16_params* const p = params;
  int16_t* const lines = (int16_t*)scratch;
  const int32_t pairs = p->output_run / 2;
  const int32_t odd = p->output_run % 2;
  const int32_t next = p->stride_line * p->line_bytes;
  const int32_t words = p->stride_run * pairs + 2;
  const int32_t odd_1 = p->stride_run == 1 ? -odd : 0; /* words that an odd output leaves a pointer further on */
  const int32_t odd_2 = p->stride_run == 1 ? -odd : odd;
  const int32_t odd_3 = p->stride_run == 1 ? odd : 2 * odd;
  eg_depthwise_strip_mac16 strip = {
      lines - 2,
      p->line_bytes,
      packed,
      output,
      p->output_run_step,
      pairs,
      pairs - 1,
      odd,
      {next - 4 * (words + odd_1), next - 4 * (words + odd_2), next - 4 * (words - 2 + odd_3)},
      p->output_line_step - p->output_run * p->output_run_step,
      output,
      0};
  /* The padding at both ends of a line stays. */
  eg_fill_mac16(lines, p->zero_point * 256, ((p->strip - 1) * p->stride_line + p->filter_lines) * (p->line_bytes / 2));
  for (int32_t c = 0; c < p->channels; ++c) {
    for (int32_t line = 0; line < p->output_lines; line += p->strip) {
      const int32_t count = p->output_lines - line < p->strip ? p->output_lines - line : p->strip;
      eg_depthwise_stage_xtensa_mac16(p, input + c, line, count, lines);
      for (int32_t i = 0; i < p->depth_multiplier; ++i) {
        const int32_t channel = c * p->depth_multiplier + i;
        strip.packed = packed + channel * p->packed_words;
        strip.output = output + channel + line * p->output_line_step;
        strip.end = strip.output + count * p->output_line_step;
        if (p->stride_run == 1) {
          eg_depthwise_3x3_stride_1_s8_xtensa_mac16(&strip);
        } else {
          eg_depthwise_3x3_stride_2_s8_xtensa_mac16(&strip);
        }
      }
    }
  }
}
