#include "eg_sum_s8_mve.h"

#include "eg_requantize_mve.h"

enum { MOST_ROWS = 256 }; /* whose sums have 16 bits */

static int32x4_t scale(const eg_sum_params* p, int32x4_t sums) {
  const int32x4_t result = eg_requantize_n_mve(sums, p->multiplier, p->shift);
  return eg_clamp_mve(vaddq_n_s32(result, p->output_offset), INT8_MIN, INT8_MAX);
}

void eg_sum_s8_mve(const eg_sum_params* params, int32_t batches, int32_t rows, int32_t channels, const int8_t* input,
                   int8_t* output) {
  for (; batches > 0; --batches, input += rows * channels, output += channels) {
    for (int32_t c = 0; c < channels; c += 8) {
      const mve_pred16_t live = vctp16q((uint32_t)(channels - c));
      const int8_t* from = input + c;
      int32x4_t even = vdupq_n_s32(params->sum_offset), odd = even;
      for (int32_t left = rows; left > 0; left -= MOST_ROWS) {
        int16x8_t sums = vdupq_n_s16(0);
        for (int32_t i = left < MOST_ROWS ? left : MOST_ROWS; i > 0; --i, from += channels) {
          sums = vaddq_s16(sums, vldrbq_z_s16(from, live));
        }
        even = vaddq_s32(even, vmovlbq_s16(sums));
        odd = vaddq_s32(odd, vmovltq_s16(sums));
      }
      const int16x8_t results = vreinterpretq_s16_s32(scale(params, even));
      vstrbq_p_s16(output + c, vmovntq_s32(results, scale(params, odd)), live);
    }
  }
}
