#include "eg_small_s8_rv32im.h"

enum { EG_PIXELS = 3 };

EG_SMALL void eg_conv_small_s8_rv32im(const eg_small_conv_params* p, const int8_t* input, int8_t* output,
                                      void* scratch) {
  const int32_t count = p->output_c, depth = p->filter_h * p->filter_w * p->input_c;
  const int32_t twice_zero = 2 * p->output_zero_point + 1, low = p->activation_min, high = p->activation_max;
  int32_t* const channels = (int32_t*)scratch;
  int8_t* const columns = (int8_t*)(channels + 2 * count);
  int8_t* const patch = columns + EG_PIXELS * depth;
  eg_expand_channels(&p->channels, count, channels);
  for (int32_t c = 0; c < count; ++c) { /* the zero point goes into the bias */
    const int8_t* weight = (const int8_t*)p->weights + c / 4 * 4 * depth + c % 4;
    int32_t sum = 0;
    for (int32_t i = 0; i < depth; ++i, weight += 4) sum += *weight;
    channels[2 * c] -= p->zero_point * sum * 256;
  }
  int32_t x = 0, y = 0;
  for (int32_t left = p->output_h * p->output_w; left > 0; left -= EG_PIXELS) {
    const int32_t live = left < EG_PIXELS ? left : EG_PIXELS;
    for (int32_t i = 0; i < live; ++i) {
      const int8_t* from = patch;
      if (eg_is_pointwise(p)) {
        from = input;
        input += depth;
      } else {
        eg_copy_window(p, input, y, x, patch);
      }
      for (int32_t k = 0; k < depth; ++k) columns[EG_PIXELS * k + i] = from[k];
      if (++x == p->output_w) {
        x = 0;
        ++y;
      }
    }
    const int8_t* weights = (const int8_t*)p->weights;
    for (int32_t c = 0; c < count; c += 4, weights += 4 * depth) {
      int32_t sums[4 * EG_PIXELS];
      eg_gemm_small_s8_rv32im(columns, weights, depth, sums);
      for (int32_t k = 0; k < 4 && c + k < count; ++k) {
        for (int32_t i = 0; i < live; ++i) {
          output[i * count + c + k] = eg_finish(channels + 2 * (c + k), sums[EG_PIXELS * k + i], twice_zero, low, high);
        }
      }
    }
    output += live * count;
  }
}
