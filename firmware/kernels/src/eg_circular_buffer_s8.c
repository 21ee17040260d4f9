#include <string.h>

#include "eg_circular_buffer.h"

void eg_circular_buffer_s8(const int8_t* input, int32_t slots, int32_t depth, int32_t cycles, void* countdown,
                           void* values, uint8_t* ended) {
  int8_t* buffer = (int8_t*)values;
  int32_t* left = (int32_t*)countdown;
  const size_t kept = (size_t)(slots - 1) * (size_t)depth;
  memmove(buffer, buffer + depth, kept);
  memcpy(buffer + kept, input, (size_t)depth);
  *left -= 1;
  *ended = *left != 0;
  if (*left == 0) *left = cycles;
}
