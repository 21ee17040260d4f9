#include "eg_fft_f32.h"

void eg_signal_irfft_f32(const eg_fft_plan* plan, const float* input, int32_t frames, float* output) {
  const int32_t length = 2 * plan->size;
  for (int32_t f = 0; f < frames; ++f) {
    eg_irfft(plan, (const eg_complex*)input + f * (plan->size + 1), (eg_complex*)output + f * plan->size);
  }
  for (int32_t i = 0; i < frames * length; ++i) output[i] /= (float)length;
}
