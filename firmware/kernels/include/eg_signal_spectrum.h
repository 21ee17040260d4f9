#ifndef EG_SIGNAL_SPECTRUM_H
#define EG_SIGNAL_SPECTRUM_H

#include "eg_common.h"

/* SignalWindow: input * weights / 2^shift, rounded down and clamped, over `frames` frames of `length` values. */
void eg_signal_window_s16(int shift, const int16_t* input, const int16_t* weights, int32_t frames, int32_t length,
                          int16_t* output);

/* SignalFftAutoScale: shifts `size` values left until the largest fills 15 bits; `*scale_bits` says by how much. */
void eg_signal_fft_auto_scale_s16(const int16_t* input, int32_t size, int16_t* output, int32_t* scale_bits);

/* SignalEnergy: real^2 + imaginary^2 of the bins from `start` up to `end`, 0 at the other places of `output`. */
void eg_signal_energy_s16(const int16_t* input, int32_t start, int32_t end, int32_t size, uint32_t* output);

#endif
