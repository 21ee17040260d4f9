#include "eg_cast.h"

void eg_cast_bool_s16(const bool* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i];
}
