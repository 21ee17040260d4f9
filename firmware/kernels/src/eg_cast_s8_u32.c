#include "eg_cast.h"

void eg_cast_s8_u32(const int8_t* input, uint32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = (uint32_t)input[i];
}
