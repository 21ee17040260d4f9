#include "eg_cast.h"

void eg_cast_bool_u32(const bool* input, uint32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i];
}
