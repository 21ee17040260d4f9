#include "eg_depthwise_conv_2d_s8_mve.h"

/* The taps of the window at (top, left). */
static EG_NOINLINE void eg_list_taps_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int8_t* padding,
                                         int32_t top, int32_t left, const int8_t** taps) {
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    const bool is_row = y >= 0 && y < p->input_h;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      *taps++ = is_row && x >= 0 && x < p->input_w ? input + (y * p->input_w + x) * p->channels : padding;
    }
  }
}

void eg_depthwise_conv_2d_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                                 const int8_t* padding, int8_t* output, int32_t reverse) {
  const int32_t channels = p->channels, taps = p->filter_h * p->filter_w, width = p->output_w, stride = p->stride_w;
  const int32_t extent_h = (p->filter_h - 1) * p->dilation_h, extent_w = (p->filter_w - 1) * p->dilation_w;
  /* The windows of the pixels from `first` to before `end` do not reach the padding at the sides. */
  const int32_t first = (p->pad_w + stride - 1) / stride;
  const int32_t room = p->input_w + p->pad_w - 1 - extent_w, fit = room < 0 ? 0 : room / stride + 1;
  const int32_t end = fit < width ? fit : width, direction = reverse ? -1 : 1;
  const int8_t *border[EG_DEPTHWISE_TAPS_MVE], *inner[EG_DEPTHWISE_TAPS_MVE];
  eg_depthwise_taps_mve job = {packed,
                               0,
                               p->output_offset,
                               taps >> 1,
                               0,
                               taps & 1,
                               channels >> 4,
                               channels & 15,
                               0,
                               0,
                               direction * stride * channels,
                               direction * channels};
  if (extent_h < p->input_h && extent_w < p->input_w) eg_list_taps_mve(p, input, padding, 0, 0, inner);
  for (int32_t i = 0; i < p->output_h; ++i) {
    const int32_t y = reverse ? p->output_h - 1 - i : i, top = y * p->stride_h - p->pad_h;
    const bool is_row = top >= 0 && top + extent_h < p->input_h;
    for (int32_t x = reverse ? width - 1 : 0, count; x >= 0 && x < width; x += direction * count) {
      const int32_t left = x * stride - p->pad_w;
      count = 1;
      if (is_row && x >= first && x < end) {
        count = reverse ? x - first + 1 : end - x;
        job.taps = inner;
        job.start = (top * p->input_w + left) * channels;
      } else {
        eg_list_taps_mve(p, input, padding, top, left, border);
        job.taps = border;
        job.start = 0;
      }
      job.count = count;
      job.output = output + (y * width + x) * channels;
      p->kernel_taps(&job);
    }
  }
}
