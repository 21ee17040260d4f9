#include "eg_fft_f32.h"

void eg_signal_rfft_f32(const eg_fft_plan* plan, const float* input, int32_t frames, int32_t length, float* output) {
  for (int32_t f = 0; f < frames; ++f) {
    eg_rfft(plan, input + f * length, length, (eg_complex*)output + f * (plan->size + 1));
  }
}
