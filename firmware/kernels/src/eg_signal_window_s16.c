#include "eg_signal_spectrum.h"

void eg_signal_window_s16(int shift, const int16_t* input, const int16_t* weights, int32_t frames, int32_t length,
                          int16_t* output) {
  for (int32_t f = 0; f < frames; ++f) {
    for (int32_t i = 0; i < length; ++i) {
      *output++ = (int16_t)eg_clamp(*input++ * weights[i] >> shift, INT16_MIN, INT16_MAX);
    }
  }
}
