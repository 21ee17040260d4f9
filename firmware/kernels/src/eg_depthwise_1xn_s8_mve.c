#include "eg_depthwise_conv_2d_s8_mve.h"

void eg_depthwise_1xn_s8_mve(const eg_depthwise_mve_params* p, const int8_t* input, const int32_t* packed,
                             int8_t* output, int32_t reverse) {
  const int32_t channels = p->channels, width = p->output_w, step = p->stride_w * channels, taps = p->filter_w;
  const int32_t row = p->stride_h * p->input_w * channels, last = reverse ? width - 1 : 0;
  eg_depthwise_line_mve job = {packed,
                               0,
                               p->output_offset,
                               taps >> 1,
                               p->dilation_w * channels,
                               taps & 1,
                               channels >> 4,
                               channels & 15,
                               0,
                               0,
                               reverse ? -step : step,
                               reverse ? -channels : channels};
  for (int32_t i = 0; i < p->output_h; ++i) {
    const int32_t y = reverse ? p->output_h - 1 - i : i;
    job.start = input + y * row + last * step;
    job.output = output + (y * width + last) * channels;
    job.count = width;
    p->kernel_line(&job);
  }
}
