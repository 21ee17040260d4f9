#include "eg_signal_spectrum.h"

void eg_signal_fft_auto_scale_s16(const int16_t* input, int32_t size, int16_t* output, int32_t* scale_bits) {
  /* The magnitude of -32768 wraps around, as in TFLite Micro: every other value then counts as larger. */
  int16_t largest = 0;
  for (int32_t i = 0; i < size; ++i) {
    if (input[i] > largest) {
      largest = input[i];
    } else if (-input[i] > largest) {
      largest = (int16_t)-input[i];
    }
  }
  int bits = 0;
  if (largest > 0) {
    while (largest << bits < 1 << 14) ++bits;
  }
  for (int32_t i = 0; i < size; ++i) output[i] = (int16_t)(input[i] * (1 << bits));
  *scale_bits = bits;
}
