#include "eg_cast.h"

void eg_cast_f32_s32(const float* input, int32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = eg_float_to_int32(input[i], INT32_MIN, INT32_MAX);
}
