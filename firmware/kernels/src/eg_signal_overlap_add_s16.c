#include <string.h>

#include "eg_signal_stream.h"

void eg_signal_overlap_add_s16(const int16_t* input, int32_t rows, int32_t frames, int32_t size, int32_t step,
                               void* sums, int16_t* output) {
  int16_t* buffer = (int16_t*)sums;
  const size_t step_bytes = (size_t)step * sizeof(int16_t);
  const size_t rest_bytes = (size_t)(size - step) * sizeof(int16_t);
  for (int32_t r = 0; r < rows; ++r) {
    for (int32_t f = 0; f < frames; ++f) {
      for (int32_t i = 0; i < size; ++i) buffer[i] = (int16_t)eg_clamp(buffer[i] + input[i], INT16_MIN, INT16_MAX);
      memcpy(output, buffer, step_bytes);
      memmove(buffer, buffer + step, rest_bytes);
      memset(buffer + (size - step), 0, step_bytes);
      input += size;
      output += step;
    }
    buffer += size;
  }
}
