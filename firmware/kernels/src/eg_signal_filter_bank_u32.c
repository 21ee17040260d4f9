#include "eg_signal_filter_bank.h"

void eg_signal_filter_bank_u32(const uint32_t* input, const int16_t* weights, const int16_t* unweights,
                               const int16_t* channel_starts, const int16_t* weight_starts,
                               const int16_t* channel_widths, int32_t channels, uint64_t* output) {
  uint64_t weighted = 0;
  uint64_t unweighted = 0;
  /* The first band only hands its unweighted part on. */
  for (int32_t c = 0; c <= channels; ++c) {
    const uint32_t* energy = input + channel_starts[c];
    for (int32_t j = 0; j < channel_widths[c]; ++j) {
      weighted += (uint64_t)(int64_t)weights[weight_starts[c] + j] * energy[j];
      unweighted += (uint64_t)(int64_t)unweights[weight_starts[c] + j] * energy[j];
    }
    if (c > 0) output[c - 1] = weighted;
    weighted = unweighted;
    unweighted = 0;
  }
}
