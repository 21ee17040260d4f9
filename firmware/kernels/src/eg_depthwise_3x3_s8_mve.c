#include "eg_depthwise_conv_2d_s8_mve.h"

/* A row of taps: where the window of pixel 0 begins, and the bytes between channels' columns; or padding and 0. */
typedef struct {
  const int8_t* start;
  int32_t pitch;
} eg_tap_row_mve;

EG_INLINE eg_tap_row_mve eg_tap_row(const eg_depthwise_mve_params* p, const int8_t* input, const int8_t* padding,
                                    int32_t y) {
  const bool inside = y >= 0 && y < p->input_h;
  const eg_tap_row_mve row = {inside ? input + (y * p->input_w - p->pad_w) * p->channels : padding,
                              inside ? p->channels : 0};
  return row;
}

/* Sets three taps of pixels from column `left` of the window's row on, and how they move on with the pixel. */
EG_INLINE void eg_set_taps(eg_depthwise_9_mve* job, int32_t k, const eg_tap_row_mve* row, const int8_t* padding,
                           int32_t column, int32_t step, bool is_left, bool is_middle, bool is_right) {
  const int8_t* const at = row->start + column * row->pitch;
  const int32_t moves = step * row->pitch;
  job->taps[k] = is_left ? at : padding;
  job->taps[k + 1] = is_middle ? at + row->pitch : padding;
  job->taps[k + 2] = is_right ? at + 2 * row->pitch : padding;
  job->steps[k] = moves;
  job->steps[k + 1] = moves;
  job->steps[k + 2] = moves;
}

void eg_depthwise_3x3_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                             const int8_t* padding, int8_t* output, int32_t reverse) {
  const int32_t width = p->output_w, group = p->group, stride = p->stride_w, channels = p->channels;
  const int32_t input_w = p->input_w, pad = p->pad_w;
  /* The windows of the pixels from `first` to before `first` + `inner` do not reach the padding at the sides. */
  const int32_t padded = (pad + stride - 1) / stride, first = padded < width ? padded : width;
  const int32_t room = input_w + pad - 3, fit = room < 0 ? 0 : room / stride + 1;
  const int32_t inner = (fit < width ? fit : width) - first, groups = inner > 0 ? inner / group : 0;
  const int32_t start = groups ? (reverse ? first + inner - 1 : first) : -1;
  eg_depthwise_9_mve job;
  job.packed = packed;
  job.output_offset = p->output_offset;
  for (int32_t i = 0; i < p->output_h; ++i) {
    const int32_t y = reverse ? p->output_h - 1 - i : i, top = y * p->stride_h - p->pad_h;
    const eg_tap_row_mve row0 = eg_tap_row(p, input, padding, top);
    const eg_tap_row_mve row1 = eg_tap_row(p, input, padding, top + 1);
    const eg_tap_row_mve row2 = eg_tap_row(p, input, padding, top + 2);
    int8_t* const line = output + y * width * channels;
    int32_t x = reverse ? width - 1 : 0;
    while (x >= 0 && x < width) {
      const bool together = x == start;
      const int32_t pixels = together ? group : 1, count = together ? groups : 1;
      const int32_t step = reverse ? -pixels : pixels, from = reverse ? x - pixels + 1 : x;
      const int32_t column = from * stride, left = column - pad, lanes = pixels * channels;
      const bool is_left = left >= 0, is_middle = left + 1 >= 0 && left + 1 < input_w, is_right = left + 2 < input_w;
      eg_set_taps(&job, 0, &row0, padding, column, step * stride, is_left, is_middle, is_right);
      eg_set_taps(&job, 3, &row1, padding, column, step * stride, is_left, is_middle, is_right);
      eg_set_taps(&job, 6, &row2, padding, column, step * stride, is_left, is_middle, is_right);
      job.output = line + from * channels;
      job.blocks = lanes >> 4;
      job.rest = lanes & 15;
      job.count = count;
      job.output_step = step * channels;
      p->kernel_9(&job);
      x += count * step;
    }
  }
}
