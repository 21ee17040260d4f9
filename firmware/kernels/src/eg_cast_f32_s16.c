#include "eg_cast.h"

void eg_cast_f32_s16(const float* input, int16_t* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = (int16_t)eg_float_to_int32(input[i], -32768, 32767);
}
