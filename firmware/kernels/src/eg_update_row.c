#include <string.h>

#include "eg_copy.h"

void eg_update_row(const void* input, const void* row, const int32_t* index, int32_t rows, int32_t row_bytes,
                   void* output) {
  const int32_t at = *index;
  if (output != input) memmove(output, input, (size_t)rows * (size_t)row_bytes);
  if (at < 0 || at >= rows) return;
  memcpy((uint8_t*)output + (size_t)at * (size_t)row_bytes, row, (size_t)row_bytes);
}
