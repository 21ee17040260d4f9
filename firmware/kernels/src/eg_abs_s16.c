#include "eg_unary.h"

void eg_abs_s16(int32_t multiplier, int32_t shift, int32_t limit, const int16_t* input, int16_t* output,
                int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t size = input[i] < 0 ? -input[i] : input[i];
    const int32_t result = eg_requantize(size, multiplier, shift);
    output[i] = (int16_t)(result > INT16_MAX ? limit : (result < INT16_MIN ? INT16_MIN : result));
  }
}
