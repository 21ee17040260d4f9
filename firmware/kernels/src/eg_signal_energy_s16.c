#include "eg_signal_spectrum.h"

void eg_signal_energy_s16(const int16_t* input, int32_t start, int32_t end, int32_t size, uint32_t* output) {
  for (int32_t i = 0; i < start; ++i) output[i] = 0;
  for (int32_t i = start; i < end; ++i) {
    const int32_t real = input[2 * i];
    const int32_t imaginary = input[2 * i + 1];
    output[i] = (uint32_t)(real * real) + (uint32_t)(imaginary * imaginary);
  }
  for (int32_t i = end; i < size; ++i) output[i] = 0;
}
