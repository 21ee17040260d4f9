#include "eg_inv_sqrt.h"
#include "eg_unary.h"

void eg_rsqrt_s16(int32_t multiplier, int32_t shift, const int16_t* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    int exponent;
    const int32_t inverse = eg_inv_sqrt(input[i], &exponent);
    const int32_t root = eg_requantize(1, inverse, exponent + 20);
    const int32_t result = eg_requantize(root, multiplier, shift);
    output[i] = (int16_t)(input[i] <= 0 ? INT16_MAX : eg_clamp(result, INT16_MIN, INT16_MAX));
  }
}
