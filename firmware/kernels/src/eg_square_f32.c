#include "eg_unary.h"

void eg_square_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i] * input[i];
}
