#include <string.h>

#include "eg_signal_stream.h"

void eg_signal_overlap_add_f32(const float* input, int32_t rows, int32_t frames, int32_t size, int32_t step, void* sums,
                               float* output) {
  float* buffer = (float*)sums;
  const size_t step_bytes = (size_t)step * sizeof(float);
  const size_t rest_bytes = (size_t)(size - step) * sizeof(float);
  for (int32_t r = 0; r < rows; ++r) {
    for (int32_t f = 0; f < frames; ++f) {
      for (int32_t i = 0; i < size; ++i) buffer[i] = buffer[i] + input[i];
      memcpy(output, buffer, step_bytes);
      memmove(buffer, buffer + step, rest_bytes);
      memset(buffer + (size - step), 0, step_bytes);
      input += size;
      output += step;
    }
    buffer += size;
  }
}
