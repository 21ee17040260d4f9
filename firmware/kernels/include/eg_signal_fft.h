#ifndef EG_SIGNAL_FFT_H
#define EG_SIGNAL_FFT_H

#include "eg_common.h"

/* One stage of a mixed-radix FFT: `blocks` groups of `radix` * `m` complex values; twiddles `blocks` apart. */
typedef struct {
  int32_t radix; /* 2 to 5 */
  int32_t m;
  int32_t blocks;
} eg_fft_stage;

/* A real FFT of 2 * `size` values by a complex one of `size`. `order[i]` is the input that starts at place i, or for
 * the inverse the place where input i starts. The tables hold pairs of real and imaginary parts. */
typedef struct {
  int32_t size;
  int32_t stage_count;
  const eg_fft_stage* stages; /* in the order in which they run */
  const uint16_t* order;
  const void* twiddles;
  const void* super_twiddles; /* turn the spectrum of pairs into that of single values */
} eg_fft_plan;

/* SignalRfft over `frames` frames of `length` values each, zeros standing for what is missing to 2 * plan->size.
 * output [frames, plan->size + 1, 2]: real and imaginary parts, scaled by 1 / (2 * plan->size) in the integer forms. */
void eg_signal_rfft_s16(const eg_fft_plan* plan, const int16_t* input, int32_t frames, int32_t length, int16_t* output);
void eg_signal_rfft_s32(const eg_fft_plan* plan, const int32_t* input, int32_t frames, int32_t length, int32_t* output);
void eg_signal_rfft_f32(const eg_fft_plan* plan, const float* input, int32_t frames, int32_t length, float* output);

/* SignalIrfft, the inverse: input [frames, plan->size + 1, 2], output [frames, 2 * plan->size]. */
void eg_signal_irfft_s16(const eg_fft_plan* plan, const int16_t* input, int32_t frames, int16_t* output);
void eg_signal_irfft_s32(const eg_fft_plan* plan, const int32_t* input, int32_t frames, int32_t* output);
void eg_signal_irfft_f32(const eg_fft_plan* plan, const float* input, int32_t frames, float* output);

#endif
