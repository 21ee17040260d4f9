#include "eg_small_s8_armv7em.h"

void eg_depthwise_small_s8_armv7em(const eg_small_conv_params* p, const int8_t* input, int8_t* output, void* scratch) {
  const int32_t count = p->output_c, pixels = p->output_h * p->output_w, taps = p->filter_h * p->filter_w;
  const int8_t* const weights = (const int8_t*)p->weights;
  int32_t* const channels = (int32_t*)scratch;
  const void** const table = (const void**)(channels + 2 * count);
  int8_t* const pad = (int8_t*)(table + 3 * taps + 3);
  eg_expand_channels(&p->channels, count, channels);
  for (int32_t c = 0; c < count; ++c) { /* the zero point goes into the bias */
    int32_t sum = 0;
    for (int32_t i = c; i < taps * count; i += count) sum += weights[i];
    channels[2 * c] -= p->zero_point * sum * 256;
    pad[c] = p->zero_point;
  }
  for (int32_t i = 0; i < taps; ++i) table[3 * i + 2] = weights + i * count;
  table[3 * taps + 2] = 0;
  eg_depthwise_block_armv7em job = {table, channels, output, count, count, 2 * p->output_zero_point + 1};
  const int32_t input_w = p->input_w, step = p->dilation_w;
  int32_t x = 0, y = 0;
  for (int32_t left = pixels; left > 0; left -= 2) {
    for (int32_t i = 0; i < 2; ++i) {
      const void** to = table + i;
      int32_t in_y = y * p->stride_h - p->pad_h;
      for (int32_t ky = 0; ky < p->filter_h; ++ky, in_y += p->dilation_h) {
        int32_t in_x = x * p->stride_w - p->pad_w;
        const int8_t* const row = input + in_y * input_w * count;
        const uint32_t limit = (uint32_t)in_y < p->input_h ? (uint32_t)input_w : 0u;
        for (int32_t kx = p->filter_w; kx; --kx, in_x += step, to += 3) {
          *to = pad;
          if ((uint32_t)in_x < limit) *to = row + in_x * count;
        }
      }
      if (left == 1) job.distance = 0; /* the last pixel twice */
      if (left > 1 && ++x == p->output_w) {
        x = 0;
        ++y;
      }
    }
    eg_depthwise_block_s8_armv7em(&job);
    job.output += 2 * count;
  }
}
