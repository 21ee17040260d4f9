#include <string.h>

#include "eg_signal_stream.h"

void eg_signal_delay_s16(const int16_t* input, int32_t rows, int32_t length, int32_t delay, void* past,
                         int16_t* output) {
  int16_t* waiting = (int16_t*)past;
  const size_t old = (size_t)(delay < length ? delay : length);
  const size_t fresh = (size_t)length - old;
  for (int32_t r = 0; r < rows; ++r) {
    memcpy(output, waiting, old * sizeof(int16_t));
    memcpy(output + old, input, fresh * sizeof(int16_t));
    memmove(waiting, waiting + old, ((size_t)delay - old) * sizeof(int16_t));
    memcpy(waiting + ((size_t)delay - old), input + fresh, old * sizeof(int16_t));
    input += length;
    output += length;
    waiting += delay;
  }
}
