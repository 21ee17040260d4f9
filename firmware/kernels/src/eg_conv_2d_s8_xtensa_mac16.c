#include "eg_conv_2d_s8_xtensa_mac16.h"

/* `count` slices of a row of windows: the first at input column `first`, the next ones `step` columns on. They lie
 * `to_step` 16-bit values apart. */
typedef struct {
  int32_t first;
  int32_t step;
  int32_t count;
  int32_t to_step;
} slices_type;

/* Widens one filter row's values of `count` slices. */
static void widen_slices(const eg_conv_2d_mac16_params* p, const slices_type* s, const int8_t* from, int32_t count,
                         int16_t* to) {
  const int32_t from_step = s->step * p->input_c;
  const int32_t to_step = s->to_step;
  if (p->kind == EG_RUN_ALIGNED_MAC16) {
    for (int32_t i = 0; i < count; ++i, from += from_step, to += to_step) {
      eg_widen_aligned_mac16(from, p->run / 4, to);
    }
  } else if (p->kind == EG_RUN_UNALIGNED_MAC16) {
    for (int32_t i = 0; i < count; ++i, from += from_step, to += to_step) {
      eg_widen_unaligned_mac16(from, p->run / 4, to);
    }
  } else if (p->run == 3) {
    eg_widen_triples_mac16(from, from_step, count, to, 2 * to_step);
  } else {
    for (int32_t c = 0; c < p->run; ++c) {
      eg_widen_strided_mac16(from + c, from_step, count, to + c, 2 * to_step);
    }
  }
}

static void fill_slices(const eg_conv_2d_mac16_params* p, const slices_type* s, int32_t count, int16_t* to) {
  for (int32_t i = 0; i < count; ++i) eg_fill_mac16(to + i * s->to_step, p->zero_point * 256, p->run);
}

static void stage_slices(const eg_conv_2d_mac16_params* p, const slices_type* s, const int8_t* input, int32_t y,
                         int16_t* to) {
  int32_t left = 0, inside = 0, column = s->first;
  for (; column < 0 && left < s->count; column += s->step) ++left;
  const int32_t first_inside = column;
  for (; column < p->input_w && left + inside < s->count; column += s->step) ++inside;
  for (int32_t ky = 0; ky < p->filter_h; ++ky, to += p->run) {
    const int32_t in_y = y * p->stride_h - p->pad_h + ky * p->dilation_h;
    if (in_y < 0 || in_y >= p->input_h) {
      fill_slices(p, s, s->count, to);
      continue;
    }
    const int8_t* const from = input + (in_y * p->input_w + first_inside) * p->input_c;
    fill_slices(p, s, left, to);
    widen_slices(p, s, from, inside, to + left * s->to_step);
    fill_slices(p, s, s->count - left - inside, to + (left + inside) * s->to_step);
  }
}

void eg_conv_2d_s8_xtensa_mac16(const eg_conv_2d_mac16_params* params, const int8_t* input, const int32_t* packed,
                                int8_t* output, void* scratch) {
  const eg_conv_2d_mac16_params* const p = params;
  int16_t* const slices = (int16_t*)scratch;
  const int32_t column_step = (p->shared ? p->stride_w : p->filter_w) * p->slice;
  eg_gemm_mac16 gemm = {slices - 2,
                        packed,
                        output,
                        p->depth_bytes / 8 - 1,
                        2 * column_step - p->depth_bytes,
                        p->depth_bytes,
                        p->output_c,
                        0,
                        0,
                        output,
                        (int32_t*)scratch + p->columns_bytes / 4};
  for (int32_t y = 0; y < p->output_h; ++y) {
    for (int32_t x = 0; x < p->output_w;) {
      const int32_t count = p->output_w - x < p->tile ? p->output_w - x : p->tile;
      const int32_t first = x * p->stride_w - p->pad_w;
      if (p->shared) {
        const slices_type s = {first, 1, (count - 1) * p->stride_w + p->filter_w, p->slice};
        stage_slices(p, &s, input, y, slices);
      } else {
        for (int32_t kx = 0; kx < p->filter_w; ++kx) {
          const slices_type s = {first + kx * p->dilation_w, p->stride_w, count, p->filter_w * p->slice};
          stage_slices(p, &s, input, y, slices + kx * p->slice);
        }
      }
      gemm.span = count * p->output_c;
      gemm.last_span = gemm.span - 1;
      gemm.end = gemm.output + gemm.span + p->output_c;
      p->gemm(&gemm);
      gemm.output += gemm.span;
      x += count;
    }
  }
}
