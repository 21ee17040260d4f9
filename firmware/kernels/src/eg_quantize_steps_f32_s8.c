#include "eg_quantize_steps_f32_s8.h"

void eg_quantize_steps_f32_s8(const int32_t* steps, const float* input, int8_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const union {
      float value;
      int32_t bits;
    } x = {input[i]};
    const int32_t key = x.bits ^ ((x.bits >> 31) & INT32_MAX);
    const int32_t* reached = steps; /* those not above the key lie before it */
    for (int32_t half = 128; half > 0; half /= 2) {
      if (reached[half - 1] <= key) reached += half;
    }
    const bool is_nan = (x.bits & INT32_MAX) > 0x7F800000;
    output[i] = (int8_t)(is_nan ? 127 : (int32_t)(reached - steps) - 128);
  }
}
