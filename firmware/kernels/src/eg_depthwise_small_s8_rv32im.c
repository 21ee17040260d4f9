#include "eg_small_s8_rv32im.h"

EG_SMALL void eg_depthwise_small_s8_rv32im(const eg_small_conv_params* p, const int8_t* input, int8_t* output,
                                           void* scratch) {
  const int32_t count = p->output_c, taps = p->filter_h * p->filter_w;
  const int8_t* const weights = (const int8_t*)p->weights;
  const int32_t twice_zero = 2 * p->output_zero_point + 1, low = p->activation_min, high = p->activation_max;
  int32_t* const channels = (int32_t*)scratch;
  const int8_t** const table = (const int8_t**)(channels + 2 * count);
  int8_t* const pad = (int8_t*)(table + 2 * taps);
  eg_expand_channels(&p->channels, count, channels);
  for (int32_t c = 0; c < count; ++c) { /* the zero point goes into the bias */
    int32_t sum = 0;
    for (int32_t i = c; i < taps * count; i += count) sum += weights[i];
    channels[2 * c] -= p->zero_point * sum * 256;
    pad[c] = p->zero_point;
  }
  for (int32_t y = 0; y < p->output_h; ++y) {
    for (int32_t x = 0; x < p->output_w; ++x) {
      const int8_t** to = table;
      const int8_t* weight = weights;
      int32_t in_y = y * p->stride_h - p->pad_h;
      for (int32_t ky = 0; ky < p->filter_h; ++ky, in_y += p->dilation_h) {
        int32_t in_x = x * p->stride_w - p->pad_w;
        for (int32_t kx = 0; kx < p->filter_w; ++kx, in_x += p->dilation_w) {
          const bool inside = (uint32_t)in_y < p->input_h && (uint32_t)in_x < p->input_w;
          to[0] = inside ? input + (in_y * p->input_w + in_x) * count : pad;
          to[1] = weight;
          to += 2;
          weight += count;
        }
      }
      for (int32_t done = 0; done < count; done += 4) {
        const int32_t c = done < count - 4 ? done : count - 4; /* the last four may be done in part */
        int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (const int8_t* const* tap = table; tap != to; tap += 2) {
          const int8_t *value = tap[0] + c, *by = tap[1] + c;
          s0 += value[0] * by[0];
          s1 += value[1] * by[1];
          s2 += value[2] * by[2];
          s3 += value[3] * by[3];
        }
        const int32_t sums[4] = {s0, s1, s2, s3};
        for (int32_t k = 0; k < 4; ++k)
          output[c + k] = eg_finish(channels + 2 * (c + k), sums[k], twice_zero, low, high);
      }
      output += count;
    }
  }
}
