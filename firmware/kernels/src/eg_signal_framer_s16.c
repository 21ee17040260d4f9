#include <string.h>

#include "eg_signal_stream.h"

void eg_signal_framer_s16(const int16_t* input, int32_t rows, int32_t frames, int32_t size, int32_t step, void* queue,
                          int16_t* output, bool* valid) {
  eg_sample_queue* waiting = (eg_sample_queue*)queue;
  int16_t* values = waiting->values;
  int32_t count = 0;
  *valid = true;
  for (int32_t r = 0; r < rows; ++r) {
    count = waiting->count;
    for (int32_t f = 0; f < frames; ++f) {
      memcpy(values + count, input, (size_t)step * sizeof(int16_t));
      count += step;
      if (count >= size) {
        memcpy(output, values, (size_t)size * sizeof(int16_t));
        count -= step;
        memmove(values, values + step, (size_t)count * sizeof(int16_t));
      } else {
        *valid = false;
      }
      input += step;
      output += size;
    }
    values += (size + step - 1) / step * step;
  }
  waiting->count = count;
}
