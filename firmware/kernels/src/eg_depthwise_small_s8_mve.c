#include "eg_small_s8_mve.h"

void eg_depthwise_small_s8_mve(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch) {
  const int32_t count = p->output_c, taps = p->filter_h * p->filter_w;
  const int8_t* const weights = (const int8_t*)p->weights;
  int32_t* const channels = (int32_t*)scratch;
  const int8_t** const table = (const int8_t**)(channels + 2 * ((count + 15) / 16 * 16));
  int8_t* const pad = (int8_t*)(table + taps + 1);
  eg_depthwise_block_mve job = {table, table + (taps | 1),   weights, channels,           output,
                                count, p->output_zero_point, 0,       p->stride_w * count};
  eg_expand_channels(&p->channels, count, channels);
  for (int32_t c = 0; c < count; ++c) {
    int32_t sum = 0;
    for (int32_t i = c; i < taps * count; i += count) sum += weights[i];
    eg_fold_channel_mve(p, channels + 2 * c, sum);
    pad[c] = p->zero_point;
  }
  table[taps] = pad; /* an even number gets one more, whose weights are zeros */
  const int32_t input_w = p->input_w, span_w = (p->filter_w - 1) * p->dilation_w, output_w = p->output_w;
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h, bottom = top + (p->filter_h - 1) * p->dilation_h;
    for (int32_t x = 0; x < output_w; x += job.pixels) {
      const int32_t left = x * p->stride_w - p->pad_w;
      const int8_t** to = table;
      for (int32_t in_y = top; in_y <= bottom; in_y += p->dilation_h) {
        const int8_t* const row = input + in_y * input_w * count;
        const uint32_t limit = (uint32_t)in_y < p->input_h ? (uint32_t)input_w : 0u;
        for (int32_t in_x = left; in_x <= left + span_w; in_x += p->dilation_w) {
          *to++ = (uint32_t)in_x < limit ? row + in_x * count : pad;
        }
      }
      job.pixels = 1;
      if (top >= 0 && bottom < p->input_h && left >= 0) { /* its neighbours too, as far as they read no padding */
        int32_t last = left + span_w + p->stride_w;
        for (; x + job.pixels < output_w && last < input_w; last += p->stride_w) ++job.pixels;
      }
      eg_depthwise_block_s8_mve(&job);
    }
  }
}
