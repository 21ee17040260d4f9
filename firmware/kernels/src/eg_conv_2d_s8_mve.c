#include "eg_conv_2d.h"
#include "eg_conv_body_mve.h"

/* The values that one output pixel reads, padding as the zero point. */
static EG_NOINLINE void eg_gather_column_mve(const eg_conv_2d_mve_params* p, const int8_t* input, int32_t top,
                                             int32_t left, int8_t* to) {
  const int32_t channels = p->input_c, run = p->filter_w * channels, row = p->input_w * channels;
  const eg_taps rows = eg_taps_inside(top, p->filter_h, p->dilation_h, p->input_h);
  const eg_taps columns = eg_taps_inside(left, p->filter_w, p->dilation_w, p->input_w);
  eg_fill_mve(to, p->zero_point, p->filter_h * run);
  to += rows.first * run + columns.first * channels;
  input += (top + rows.first * p->dilation_h) * row + (left + columns.first * p->dilation_w) * channels;
  const int32_t width = (columns.end - columns.first) * channels;
  for (int32_t ky = rows.first; ky < rows.end; ++ky, to += run, input += p->dilation_h * row) {
    if (p->dilation_w == 1) {
      eg_copy_mve(to, input, width);
    } else {
      for (int32_t at = 0; at < width; at += channels) eg_copy_mve(to + at, input + at * p->dilation_w, channels);
    }
  }
}

/* The same for a window within the input, in whole vectors: reads and writes up to 15 bytes more. */
EG_INLINE void eg_copy_column_mve(const int8_t* from, int8_t* to, int32_t rows, int32_t run, int32_t pitch) {
  if (run <= 16 && rows == 3) {
    const int8x16_t first = vldrbq_s8(from), second = vldrbq_s8(from + pitch), third = vldrbq_s8(from + 2 * pitch);
    vstrbq_s8(to, first);
    vstrbq_s8(to + run, second);
    vstrbq_s8(to + 2 * run, third);
  } else if (run <= 16) {
    for (; rows > 0; --rows, from += pitch, to += run) vstrbq_s8(to, vldrbq_s8(from));
  } else if (run % 48 == 0) {
    for (; rows > 0; --rows, from += pitch - run) {
      for (int32_t i = run; i > 0; i -= 48, from += 48, to += 48) {
        vstrbq_s8(to, vldrbq_s8(from));
        vstrbq_s8(to + 16, vldrbq_s8(from + 16));
        vstrbq_s8(to + 32, vldrbq_s8(from + 32));
      }
    }
  } else {
    for (; rows > 0; --rows, from += pitch, to += run) {
      for (int32_t i = 0; i < run; i += 16) vstrbq_s8(to + i, vldrbq_s8(from + i));
    }
  }
}

void eg_conv_2d_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed, int8_t* output,
                       void* scratch) {
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  int8_t *const column0 = (int8_t*)scratch, *const column1 = column0 + 16 * p->steps;
  int8_t *to = column0, *other = column1;
  const int32_t channels = p->input_c, run = p->filter_w * channels, row = p->input_w * channels;
  const int32_t pitch = p->dilation_h * row, extent = (p->filter_h - 1) * p->dilation_h;
  const int32_t rows = p->filter_h, outputs = p->output_c, step = p->stride_w * channels;
  /* Where a window begins at the latest so that 15 bytes behind it belong to the input too, and lies in its row. */
  const int32_t last = p->input_h * row - extent * row - run - 15;
  job.column0 = column0;
  job.column1 = column1;
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h;
    const bool inside = top >= 0 && top + extent < p->input_h && p->dilation_w == 1;
    const int32_t line = top * row, room = line + row - run;
    const int32_t limit = !inside ? line - 1 : (room < last ? room : last);
    int32_t at = line - p->pad_w * channels;
    for (int32_t x = p->output_w; x > 0; --x, at += step) {
      if (at >= line && at <= limit) {
        eg_copy_column_mve(input + at, to, rows, run, pitch);
      } else {
        eg_gather_column_mve(p, input, top, (p->output_w - x) * p->stride_w - p->pad_w, to);
      }
      output += outputs;
      if (to == column1) eg_channels_mve(p, &job, packed, output - 2 * outputs, false);
      int8_t* const next = other;
      other = to;
      to = next;
    }
  }
  if (to == column1) {
    job.column1 = column0;
    eg_channels_mve(p, &job, packed, output - outputs, true);
  }
}
