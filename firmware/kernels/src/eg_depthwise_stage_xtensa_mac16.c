#include "eg_depthwise_conv_2d_s8_xtensa_mac16.h"

void eg_depthwise_stage_xtensa_mac16(const eg_depthwise_mac16_params* params, const int8_t* input, int32_t line,
                                     int32_t count, int16_t* lines) {
  const eg_depthwise_mac16_params* const p = params;
  const int32_t line_values = p->line_bytes / 2;
  const int32_t needed = (count - 1) * p->stride_line + p->filter_lines;
  int32_t kept = 0;
  if (line > 0 && p->filter_lines > p->stride_line) {
    kept = p->filter_lines - p->stride_line;
    const int32_t* from = (const int32_t*)(const void*)(lines + p->strip * p->stride_line * line_values);
    int32_t* to = (int32_t*)(void*)lines;
    for (int32_t i = kept * line_values / 2; i > 0; --i) *to++ = *from++;
  }
  const int32_t read = p->pad_run + p->input_run < line_values ? p->input_run : line_values - p->pad_run;
  int16_t* to = lines + kept * line_values;
  for (int32_t i = kept; i < needed; ++i, to += line_values) {
    const int32_t in_line = line * p->stride_line - p->pad_line + i;
    if (in_line < 0 || in_line >= p->input_lines) {
      /* Where a strip is the whole plane, padding stays from channel to channel. */
      if (p->strip < p->output_lines) eg_fill_mac16(to, p->zero_point * 256, line_values);
    } else {
      eg_widen_line_mac16(input + in_line * p->input_line_step, p->input_run_step, read, to + p->pad_run);
    }
  }
}
