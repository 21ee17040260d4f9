#include "eg_cast.h"

void eg_cast_f32_u32(const float* input, uint32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = eg_float_to_uint32(input[i]);
}
