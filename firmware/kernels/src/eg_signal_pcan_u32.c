#include "eg_signal_filter_bank.h"

/* The gain at `x`: table entries for 0 to 2, then for each octave the start and two coefficients of a parabola. */
static int16_t gain_at(uint32_t x, const int16_t* gains) {
  if (x <= 2) return gains[x];
  int octave = 2; /* bits of x */
  while (octave < 32 && x >> octave != 0) ++octave;
  const int16_t* segment = gains + 4 * octave - 6;
  const int32_t fraction = (int32_t)(octave < 11 ? x << (11 - octave) : x >> (octave - 11)) & 0x3FF;
  int32_t result = (segment[2] * fraction >> 5) + segment[1] * 32;
  result = (result * fraction + (1 << 14)) >> 15;
  return (int16_t)(result + segment[0]);
}

void eg_signal_pcan_u32(int snr_shift, const uint32_t* input, const uint32_t* noise, const int16_t* gains, int32_t size,
                        uint32_t* output) {
  for (int32_t i = 0; i < size; ++i) {
    const uint32_t gain = (uint32_t)gain_at(noise[i], gains);
    const uint32_t ratio = (uint32_t)(((uint64_t)input[i] * gain) >> snr_shift); /* 12 fractional bits */
    /* x^2 / 4 below 2, x - 1 from there on; 6 fractional bits. */
    output[i] = ratio < 2u << 12 ? (ratio * ratio) >> 20 : (ratio >> 6) - (1u << 6);
  }
}
