#ifndef EG_SIGNAL_FILTER_BANK_H
#define EG_SIGNAL_FILTER_BANK_H

#include "eg_common.h"

/* Factors have `spectral_subtraction_bits` fractional bits; the alternate ones are for odd channels. */
typedef struct {
  uint32_t smoothing;
  uint32_t one_minus_smoothing;
  uint32_t alternate_smoothing;
  uint32_t alternate_one_minus_smoothing;
  uint32_t min_signal_remaining;
  int smoothing_bits;
  int spectral_subtraction_bits;
  bool clamping;
} eg_spectral_subtraction_params;

typedef struct {
  int correction_bits;
  uint32_t output_scale;
  const uint16_t* table; /* log2(1 + x) - x in Q16 at 129 places from 0 to 1 */
} eg_filter_bank_log_params;

/* SignalFilterBank: for each of `channels` channels the sum of energies from channel_starts[c + 1] on, channel_widths[c
 * + 1] of them, by their weights from weight_starts[c + 1] on, and of those of the channel before by the unweights. */
void eg_signal_filter_bank_u32(const uint32_t* input, const int16_t* weights, const int16_t* unweights,
                               const int16_t* channel_starts, const int16_t* weight_starts,
                               const int16_t* channel_widths, int32_t channels, uint64_t* output);

/* SignalFilterBankSquareRoot: the rounded square root, shifted right by `*scale_bits`. */
void eg_signal_filter_bank_square_root_u64(const uint64_t* input, const int32_t* scale_bits, int32_t size,
                                           uint32_t* output);

/* SignalFilterBankSpectralSubtraction: takes the smoothed `estimate` of the noise, which lasts, from the input. */
void eg_signal_filter_bank_spectral_subtraction_u32(const eg_spectral_subtraction_params* params, const uint32_t* input,
                                                    int32_t channels, void* estimate, uint32_t* output);

/* SignalPCAN: gain control by the noise estimate; `gains` is a table of a piecewise parabola, 4 values an octave. */
void eg_signal_pcan_u32(int snr_shift, const uint32_t* input, const uint32_t* noise, const int16_t* gains, int32_t size,
                        uint32_t* output);

/* SignalFilterBankLog: output_scale * ln(input * 2^correction_bits), at most 32767. */
void eg_signal_filter_bank_log_u32(const eg_filter_bank_log_params* params, const uint32_t* input, int32_t size,
                                   int16_t* output);

#endif
