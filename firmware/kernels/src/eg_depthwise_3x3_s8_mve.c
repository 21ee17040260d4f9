#include <arm_mve.h>

#include "eg_depthwise_conv_2d_s8_mve.h"

void eg_depthwise_3x3_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                             const int8_t* padding, int8_t* output, int32_t reverse) {
  const int32_t width = p->output_w, group = p->group, stride = p->stride_w, channels = p->channels;
  const int32_t input_w = p->input_w, pad = p->pad_w, empty = (int32_t)(intptr_t)padding;
  /* The windows of the pixels from `first` to before `first` + `inner` do not reach the padding at the sides. */
  const int32_t padded = (pad + stride - 1) / stride, first = padded < width ? padded : width;
  const int32_t room = input_w + pad - 3, fit = room < 0 ? 0 : room / stride + 1;
  const int32_t inner = (fit < width ? fit : width) - first, groups = inner > 0 ? inner / group : 0;
  const int32_t start = groups ? (reverse ? first + inner - 1 : first) : -1;
  /* The taps of the window's columns 0 to 2, and the bytes between columns. */
  int32_t base[9], pitch[9];
  eg_depthwise_9_mve job;
  job.packed = packed;
  job.again = packed;
  job.output_offset = p->output_offset;
  for (int32_t i = 0; i < p->output_h; ++i) {
    const int32_t y = reverse ? p->output_h - 1 - i : i, top = y * p->stride_h - p->pad_h;
    bool is_apart = reverse || stride > 1 || ((group * channels) & 15);
    for (int32_t ky = 0; ky < 3; ++ky) {
      const int32_t line = top + ky;
      const bool is_inside = line >= 0 && line < p->input_h;
      const int32_t at = is_inside ? (int32_t)(intptr_t)(input + (line * input_w - pad) * channels) : empty;
      const int32_t move = is_inside ? channels : 0;
      base[3 * ky] = at;
      base[3 * ky + 1] = at + move;
      base[3 * ky + 2] = at + 2 * move;
      pitch[3 * ky] = pitch[3 * ky + 1] = pitch[3 * ky + 2] = move;
      is_apart |= !is_inside;
    }
    int32_t x = reverse ? width - 1 : 0;
    while (x >= 0 && x < width) {
      const bool together = x == start;
      const int32_t pixels = together ? group : 1, count = together ? groups : 1;
      const int32_t step = reverse ? -pixels : pixels, from = reverse ? x - pixels + 1 : x;
      const int32_t column = from * stride, left = column - pad, lanes = pixels * channels;
      const int32x4_t pitch0 = vldrwq_s32(pitch), pitch1 = vldrwq_s32(pitch + 4);
      vstrwq_s32(job.taps, vmlaq_n_s32(vldrwq_s32(base), pitch0, column));
      vstrwq_s32(job.taps + 4, vmlaq_n_s32(vldrwq_s32(base + 4), pitch1, column));
      job.taps[8] = base[8] + pitch[8] * column;
      if (together) {
        const int32_t move = step * stride;
        vstrwq_s32(job.steps, vmulq_n_s32(pitch0, move));
        vstrwq_s32(job.steps + 4, vmulq_n_s32(pitch1, move));
        job.steps[8] = pitch[8] * move;
      } else {
        if (left < 0) job.taps[0] = job.taps[3] = job.taps[6] = empty;
        if (left < -1 || left + 1 >= input_w) job.taps[1] = job.taps[4] = job.taps[7] = empty;
        if (left + 2 >= input_w) job.taps[2] = job.taps[5] = job.taps[8] = empty;
      }
      job.is_apart = is_apart;
      job.output = output + (y * width + from) * channels;
      job.blocks = lanes >> 4;
      job.rest = lanes & 15;
      job.count = count;
      job.output_step = step * channels;
      p->kernel_9(&job);
      x += count * step;
    }
  }
}
