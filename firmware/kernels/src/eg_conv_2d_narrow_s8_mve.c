#include "eg_conv_2d.h"
#include "eg_conv_body_mve.h"

/* Where values come from and go to; rows of a window lie `row` and `run` bytes apart, windows `step` and `pitch`. */
typedef struct {
  int32_t rows;
  int32_t row;
  int32_t run;
  int32_t step;
  int32_t pitch;
} eg_windows_mve;

/* Windows within the input, in whole vectors: reads and writes up to 15 bytes more. */
static EG_NOINLINE void eg_copy_windows_mve(const eg_windows_mve* w, const int8_t* from, int8_t* to, int32_t count) {
  const int32_t rows = w->rows, row = w->row, run = w->run, step = w->step, pitch = w->pitch;
  if (rows == 3) {
    for (; count > 0; --count, from += step, to += pitch) {
      const int8x16_t first = vldrbq_s8(from), second = vldrbq_s8(from + row), third = vldrbq_s8(from + 2 * row);
      vstrbq_s8(to, first);
      vstrbq_s8(to + run, second);
      vstrbq_s8(to + 2 * run, third);
    }
    return;
  }
  for (; count > 0; --count, from += step, to += pitch) {
    const int8_t* value = from;
    int8_t* at = to;
    for (int32_t i = rows; i > 0; --i, value += row, at += run) vstrbq_s8(at, vldrbq_s8(value));
  }
}

/* One window that may reach into padding: the rows `inside` and the lanes `live` are read. Writes up to 15 bytes more.
 */
static EG_NOINLINE void eg_pad_window_mve(const eg_windows_mve* w, const int8_t* from, int8_t* to, eg_taps inside,
                                          mve_pred16_t live, int32_t zero_point) {
  const int8x16_t padding = vdupq_n_s8((int8_t)zero_point);
  const int32_t row = w->row, run = w->run;
  from += inside.first * row;
  for (int32_t i = inside.first; i > 0; --i, to += run) vstrbq_s8(to, padding);
  for (int32_t i = inside.end - inside.first; i > 0; --i, from += row, to += run) {
    vstrbq_s8(to, vpselq_s8(vldrbq_z_s8(from, live), padding, live));
  }
  for (int32_t i = w->rows - inside.end; i > 0; --i, to += run) vstrbq_s8(to, padding);
}

void eg_conv_2d_narrow_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                              int8_t* output, void* scratch) {
  const int32_t channels = p->input_c, input_w = p->input_w, stride = p->stride_w, width = p->output_w;
  const eg_windows_mve w = {p->filter_h, p->dilation_h * input_w * channels, p->filter_w * channels, stride * channels,
                            p->pitch};
  /* Where a window begins at the latest so that all 16 values from each row's start on belong to the input. */
  const int32_t last = p->input_h * input_w * channels - (w.rows - 1) * w.row - 16;
  /* The windows of the pixels from `first` to before `end` do not reach the padding at the sides. */
  const int32_t first = (p->pad_w + stride - 1) / stride;
  const int32_t room = input_w + p->pad_w - p->filter_w, end = room < 0 ? 0 : room / stride + 1;
  const int32_t most = p->staged, inner = end < width ? end : width;
  int32_t staged = 0;
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h;
    const eg_taps inside = eg_taps_inside(top, w.rows, p->dilation_h, p->input_h);
    const bool is_inside = inside.first == 0 && inside.end == w.rows;
    for (int32_t x = 0, count; x < width; x += count) {
      const int32_t left = x * stride - p->pad_w, at = (top * input_w + left) * channels;
      int8_t* const to = (int8_t*)scratch + staged * w.pitch;
      count = inner - x < most - staged ? inner - x : most - staged;
      if (is_inside && x >= first && count > 0 && at + (count - 1) * w.step <= last) {
        eg_copy_windows_mve(&w, input + at, to, count);
      } else {
        const int32_t behind = (input_w - left) * channels;
        const mve_pred16_t before = vctp8q((uint32_t)(left < 0 ? -left * channels : 0));
        const mve_pred16_t live = vctp8q((uint32_t)(behind < 0 ? 0 : (behind < w.run ? behind : w.run)));
        eg_pad_window_mve(&w, input + at, to, inside, (mve_pred16_t)(live & ~before), p->zero_point);
        count = 1;
      }
      staged += count;
      if (staged == most || (x + count == width && y + 1 == p->output_h)) {
        p->columns(p, staged, (const int8_t*)scratch, packed, output, 0);
        output += staged * p->output_c;
        staged = 0;
      }
    }
  }
}
