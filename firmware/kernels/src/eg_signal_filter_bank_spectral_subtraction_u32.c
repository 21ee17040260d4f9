#include "eg_signal_filter_bank.h"

void eg_signal_filter_bank_spectral_subtraction_u32(const eg_spectral_subtraction_params* params, const uint32_t* input,
                                                    int32_t channels, void* estimate, uint32_t* output) {
  uint32_t* noise = (uint32_t*)estimate;
  for (int32_t c = 0; c < channels; ++c) {
    const bool odd = (c & 1) != 0;
    const uint32_t smoothing = odd ? params->alternate_smoothing : params->smoothing;
    const uint32_t rest = odd ? params->alternate_one_minus_smoothing : params->one_minus_smoothing;
    const uint32_t signal = input[c] << params->smoothing_bits;
    const uint64_t smoothed = (uint64_t)signal * smoothing + (uint64_t)noise[c] * rest;
    noise[c] = (uint32_t)(smoothed >> params->spectral_subtraction_bits);
    const uint32_t removed = noise[c] < signal ? noise[c] : signal;
    if (params->clamping) noise[c] = removed;
    const uint32_t least =
        (uint32_t)((uint64_t)input[c] * params->min_signal_remaining >> params->spectral_subtraction_bits);
    const uint32_t subtracted = (signal - removed) >> params->smoothing_bits;
    output[c] = subtracted > least ? subtracted : least;
  }
}
