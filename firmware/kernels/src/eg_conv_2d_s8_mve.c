#include "eg_conv_2d.h"
#include "eg_conv_body_mve.h"

/* Windows within the input, each of `rows` times `run` values, in whole vectors: reads and writes up to 15 bytes more.
 * Rows of a window lie `row` bytes apart, windows `step` and `pitch` bytes. */
typedef struct {
  int32_t rows;
  int32_t run;
  int32_t row;
  int32_t step;
  int32_t pitch;
} eg_windows_mve;

static EG_NOINLINE void eg_copy_windows_mve(const eg_windows_mve* w, const int8_t* from, int8_t* to, int32_t count) {
  const int32_t rows = w->rows, run = w->run, row = w->row, step = w->step, pitch = w->pitch;
  for (; count > 0; --count, from += step, to += pitch) {
    const int8_t* line = from;
    int8_t* at = to;
    if (run == 48) {
      for (int32_t i = rows; i > 0; --i, line += row, at += 48) {
        const int8x16_t first = vldrbq_s8(line), second = vldrbq_s8(line + 16), third = vldrbq_s8(line + 32);
        vstrbq_s8(at, first);
        vstrbq_s8(at + 16, second);
        vstrbq_s8(at + 32, third);
      }
    } else {
      for (int32_t i = rows; i > 0; --i, line += row, at += run) {
        const int8_t* value = line;
        int8_t* next = at;
        for (int32_t left = run; left > 0; left -= 16, value += 16, next += 16) vstrbq_s8(next, vldrbq_s8(value));
      }
    }
  }
}

/* The values that one output pixel reads, padding as the zero point. */
static EG_NOINLINE void eg_gather_column_mve(const eg_conv_2d_mve_params* p, const int8_t* input, int32_t top,
                                             int32_t left, int8_t* to) {
  const int32_t channels = p->input_c, run = p->filter_w * channels, row = p->input_w * channels;
  const int32_t pitch = p->dilation_h * row, step = p->dilation_w;
  const eg_taps rows = eg_taps_inside(top, p->filter_h, p->dilation_h, p->input_h);
  const eg_taps columns = eg_taps_inside(left, p->filter_w, p->dilation_w, p->input_w);
  eg_fill_mve(to, p->zero_point, p->filter_h * run);
  to += rows.first * run + columns.first * channels;
  input += (top + rows.first * p->dilation_h) * row + (left + columns.first * step) * channels;
  const int32_t width = (columns.end - columns.first) * channels;
  for (int32_t ky = rows.end - rows.first; ky > 0; --ky, to += run, input += pitch) {
    if (step == 1) {
      eg_copy_mve(to, input, width);
    } else {
      for (int32_t at = 0; at < width; at += channels) eg_copy_mve(to + at, input + at * step, channels);
    }
  }
}

void eg_conv_2d_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed, int8_t* output,
                       void* scratch) {
  const int32_t channels = p->input_c, input_w = p->input_w, stride = p->stride_w, width = p->output_w;
  const int32_t line = input_w * channels, extent = (p->filter_h - 1) * p->dilation_h;
  const eg_windows_mve w = {p->filter_h, p->filter_w * channels, p->dilation_h * line, stride * channels, p->pitch};
  /* Where a window begins at the latest so that 15 bytes behind it belong to the input too. */
  const int32_t last = (p->input_h - extent) * line - w.run - 15;
  /* The windows of the pixels from `first` to before `end` do not reach the padding at the sides. */
  const int32_t first = (p->pad_w + stride - 1) / stride;
  const int32_t room = input_w + p->pad_w - p->filter_w, end = room < 0 ? 0 : room / stride + 1;
  const int32_t most = p->staged, inner = end < width ? end : width;
  const bool is_even = (p->output_c & 7) == 0;
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  job.column0 = (const int8_t*)scratch;
  job.column1 = job.column0 + w.pitch;
  job.output_delta = job.output_step = p->output_c;
  job.column_step = 2 * w.pitch;
  job.pairs = most >> 1;
  int32_t staged = 0;
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h;
    const bool is_inside = top >= 0 && top + extent < p->input_h && p->dilation_w == 1;
    for (int32_t x = 0, count; x < width; x += count) {
      const int32_t left = x * stride - p->pad_w, at = (top * input_w + left) * channels;
      int8_t* const to = (int8_t*)scratch + staged * w.pitch;
      count = inner - x < most - staged ? inner - x : most - staged;
      if (is_inside && x >= first && count > 0 && at + (count - 1) * w.step <= last) {
        eg_copy_windows_mve(&w, input + at, to, count);
      } else {
        eg_gather_column_mve(p, input, top, left, to);
        count = 1;
      }
      staged += count;
      if (staged == most && is_even) {
        job.output = output;
        p->gemm(&job);
        output += staged * p->output_c;
        staged = 0;
      } else if (staged == most || (x + count == width && y + 1 == p->output_h)) {
        p->columns(p, staged, (const int8_t*)scratch, packed, output, 0);
        output += staged * p->output_c;
        staged = 0;
      }
    }
  }
}
