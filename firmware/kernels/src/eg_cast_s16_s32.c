#include "eg_cast.h"

void eg_cast_s16_s32(const int16_t* input, int32_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = input[i];
}
