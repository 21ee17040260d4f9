#include "eg_fft_s32.h"

void eg_signal_irfft_s32(const eg_fft_plan* plan, const int32_t* input, int32_t frames, int32_t* output) {
  for (int32_t f = 0; f < frames; ++f) {
    eg_irfft(plan, (const eg_complex*)input + f * (plan->size + 1), (eg_complex*)output + f * plan->size);
  }
}
