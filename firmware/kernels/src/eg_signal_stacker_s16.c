#include <string.h>

#include "eg_signal_stream.h"

void eg_signal_stacker_s16(const int16_t* input, int32_t channels, int32_t left, int32_t stack, int32_t step,
                           void* queue, int16_t* output, bool* valid) {
  eg_sample_queue* waiting = (eg_sample_queue*)queue;
  int16_t* values = waiting->values;
  /* Bit 31 is set once the first frame has come. */
  const bool first = waiting->count == 0;
  int32_t count = waiting->count & INT32_MAX;
  for (int32_t i = first ? -left : 0; i <= 0; ++i) {
    memcpy(values + count, input, (size_t)channels * sizeof(int16_t));
    count += channels;
  }
  *valid = count >= stack;
  if (*valid) {
    memcpy(output, values, (size_t)stack * sizeof(int16_t));
    count -= step;
    memmove(values, values + step, (size_t)count * sizeof(int16_t));
  }
  waiting->count = count | INT32_MIN;
}
