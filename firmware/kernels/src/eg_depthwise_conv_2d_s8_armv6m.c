#include "eg_depthwise_conv_2d_s8_armv6m.h"

#include <string.h>

/* Never inlined: the four sums keep all low registers busy. */
static EG_NOINLINE void sum_4(const eg_depthwise_conv_2d_armv6m_params* p, const uint8_t* from, const int8_t* weights,
                              int32_t* sums) {
  const int32_t stride = p->stride;
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (int32_t i = 0; i < p->filter_lines; ++i) {
    const uint8_t* at = from;
    const int8_t* const end = weights + p->filter_count;
    while (weights != end) {
      const int32_t w = *weights++;
      a += w * at[0];
      b += w * at[stride];
      c += w * at[2 * stride];
      d += w * at[3 * stride];
      at += p->filter_step;
    }
    from += p->filter_line_step;
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

static int32_t sum_1(const eg_depthwise_conv_2d_armv6m_params* p, const uint8_t* from, const int8_t* weights) {
  int32_t sum = 0;
  for (int32_t i = 0; i < p->filter_lines; ++i) {
    const uint8_t* at = from;
    for (int32_t j = 0; j < p->filter_count; ++j) {
      sum += *weights++ * *at;
      at += p->filter_step;
    }
    from += p->filter_line_step;
  }
  return sum;
}

static void one_channel(const eg_depthwise_conv_2d_armv6m_params* p, const uint8_t* plane, const int8_t* weights,
                        const eg_quant_armv6m* quant, int8_t* output) {
  const eg_activation_armv6m activation = p->activation;
  for (int32_t i = 0; i < p->output_lines; ++i) {
    const uint8_t* from = plane;
    int8_t* to = output;
    int32_t left = p->output_count;
    for (; left >= 4; left -= 4) {
      int32_t sums[4];
      sum_4(p, from, weights, sums);
      for (int32_t j = 0; j < 4; ++j) {
        *to = eg_requantize_armv6m(sums[j] + quant->bias, quant, &activation);
        to += p->output_step;
      }
      from += 4 * p->stride;
    }
    for (; left > 0; --left) {
      *to = eg_requantize_armv6m(sum_1(p, from, weights) + quant->bias, quant, &activation);
      to += p->output_step;
      from += p->stride;
    }
    plane += p->line_stride;
    output += p->output_line_step;
  }
}

void eg_depthwise_conv_2d_s8_armv6m(const eg_depthwise_conv_2d_armv6m_params* p, const int8_t* input,
                                    const int8_t* weights, const eg_quant_armv6m* quant, int8_t* output,
                                    void* scratch) {
  uint8_t* const plane = (uint8_t*)scratch;
  memset(plane, p->zero_point + 128, (size_t)p->plane_bytes);
  for (int32_t c = 0; c < p->input_c; ++c) {
    eg_copy_plane_armv6m(p, input + c, plane + p->plane_start);
    for (int32_t i = 0; i < p->multiplier; ++i) {
      one_channel(p, plane, weights, quant++, output++);
      weights += p->filter_lines * p->filter_count;
    }
  }
}
