#include "eg_signal_filter_bank.h"

/* log2 of x > 0 in Q16: the highest bit, and the rest from a table with straight lines in between. */
static uint32_t log2_q16(uint32_t x, const uint16_t* table) {
  uint32_t whole = 0;
  while (x >> whole > 1) ++whole;
  const uint32_t above = x - (1u << whole);
  const int32_t fraction = (int32_t)(whole < 16 ? above << (16 - whole) : above >> (whole - 16));
  const int32_t segment = fraction >> 9;
  const int32_t start = table[segment];
  const int32_t bend = start + ((table[segment + 1] - start) * (fraction - segment * 512) >> 16);
  return (whole << 16) + (uint32_t)(fraction + bend);
}

void eg_signal_filter_bank_log_u32(const eg_filter_bank_log_params* params, const uint32_t* input, int32_t size,
                                   int16_t* output) {
  const uint32_t ln_2 = 45426; /* in Q16 */
  for (int32_t i = 0; i < size; ++i) {
    const uint32_t scaled = input[i] << params->correction_bits;
    output[i] = 0;
    if (scaled <= 1) continue;
    const uint32_t natural = (uint32_t)(((uint64_t)ln_2 * log2_q16(scaled, params->table) + (1u << 15)) >> 16);
    const uint32_t result = (params->output_scale * natural + (1u << 15)) >> 16;
    output[i] = (int16_t)(result < INT16_MAX ? result : INT16_MAX);
  }
}
