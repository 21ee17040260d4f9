#include "eg_lookup.h"

void eg_lookup_8(const uint8_t* table, const void* input, void* output, int32_t count) {
  const uint8_t* from = (const uint8_t*)input;
  uint8_t* to = (uint8_t*)output;
  for (int32_t i = 0; i < count; ++i) to[i] = table[from[i]];
}
