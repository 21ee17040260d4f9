#include <arm_mve.h>

#include "eg_small_s8_mve.h"

/* A copy of the window of output pixel (y, x), row after row, padding as the zero point. */
static void eg_copy_window_mve(const eg_small_conv_params* p, const int8_t* input, int32_t y, int32_t x, int8_t* to) {
  const int32_t row_bytes = p->input_w * p->input_c;
  int32_t runs = 1, run_bytes = p->filter_w * p->input_c;
  if (p->dilation_w != 1) {
    runs = p->filter_w;
    run_bytes = p->input_c;
  }
  const int16x8_t padding = vdupq_n_s16(p->zero_point);
  int32_t in_y = y * p->stride_h - p->pad_h;
  for (int32_t ky = 0; ky < p->filter_h; ++ky, in_y += p->dilation_h) {
    const uint16_t limit = (uint32_t)in_y < p->input_h ? (uint16_t)row_bytes : 0u;
    const int8_t* const row = input + in_y * row_bytes;
    int32_t first = (x * p->stride_w - p->pad_w) * p->input_c;
    for (int32_t run = 0; run < runs; ++run, first += p->dilation_w * p->input_c) {
      for (int32_t i = 0; i < run_bytes; i += 8) {
        const uint16x8_t index = vidupq_n_u16((uint32_t)(first + i), 1);
        const mve_pred16_t outside = vcmpcsq_n_u16(index, limit), inside = vpnot(outside);
        const int16x8_t values = vldrbq_gather_offset_z_s16(row, index, inside);
        vstrbq_p_s16(to + i, vpselq_s16(padding, values, outside), vctp16q((uint32_t)(run_bytes - i)));
      }
      to += run_bytes;
    }
  }
}

EG_SMALL void eg_conv_small_s8_mve(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch) {
  const int32_t count = p->output_c, depth = p->filter_h * p->filter_w * p->input_c;
  int32_t* const channels = (int32_t*)scratch;
  int8_t* const columns = (int8_t*)(channels + 2 * ((count + 3) / 4 * 4));
  eg_gemm_small_mve job;
  job.steps = (depth - 1) / 16;
  job.first = depth - 16 * job.steps;
  job.output_zero_point = p->output_zero_point;
  eg_expand_channels(&p->channels, count, channels);
  const int8_t* weight = (const int8_t*)p->weights;
  for (int32_t c = 0; c < count; c += 4) { /* the zero point goes into the bias */
    const int32_t start = c + 4 <= count || count < 4 ? c : count - 4;
    for (int32_t k = 0; k < 4; ++k) {
      int32_t sum = vaddvq_s8(vldrbq_z_s8(weight + k * job.first, vctp8q((uint32_t)job.first)));
      for (int32_t i = 0; i < job.steps; ++i) {
        sum = vaddvaq_s8(sum, vldrbq_s8(weight + 4 * job.first + 64 * i + 16 * k));
      }
      /* The last four may have been folded in part. */
      if (start + k >= c && start + k < count) eg_fold_channel_mve(p, channels + 2 * (start + k), sum);
    }
    weight += 4 * depth;
  }
  int32_t x = 0, y = 0;
  for (int32_t left = p->output_h * p->output_w; left > 0; left -= 2) {
    int8_t few[8];
    job.distance = 0;
    for (int32_t i = 0; i < 2; ++i) {
      if (i == 0 || left > 1) {
        job.column1 = input;
        if (eg_is_pointwise(p)) {
          input += depth;
        } else {
          eg_copy_window_mve(p, input, y, x, columns + i * depth);
          job.column1 = columns + i * depth;
        }
        if (i == 0) {
          job.column0 = job.column1;
        } else {
          job.distance = count;
        }
        if (++x == p->output_w) {
          x = 0;
          ++y;
        }
      }
    }
    job.weights = (const int8_t*)p->weights;
    job.channels = channels;
    job.output = output;
    job.end = output + count / 4 * 4;
    output += count + job.distance;
    if (count >= 4) {
      eg_gemm_small_s8_mve(&job);
      if (count % 4) { /* the last four begin with channels that are done */
        job.channels -= 2 * (4 - count % 4);
        job.output -= 4 - count % 4;
        job.end = job.output + 4;
        eg_gemm_small_s8_mve(&job);
      }
    } else {
      int8_t* const to = job.output;
      const int32_t distance = job.distance;
      job.output = few;
      job.end = few + 4;
      job.distance = 4;
      eg_gemm_small_s8_mve(&job);
      for (int32_t c = 0; c < count; ++c) {
        to[c] = few[c];
        to[c + distance] = few[c + (distance ? 4 : 0)];
      }
    }
  }
}
