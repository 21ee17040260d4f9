#include "eg_cast.h"

void eg_cast_u32_f32(const uint32_t* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = (float)input[i];
}
