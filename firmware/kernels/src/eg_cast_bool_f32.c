#include "eg_cast.h"

void eg_cast_bool_f32(const bool* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i];
}
