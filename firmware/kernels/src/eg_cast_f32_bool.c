#include "eg_cast.h"

void eg_cast_f32_bool(const float* input, bool* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i] != 0.0f;
}
