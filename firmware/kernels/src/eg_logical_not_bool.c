#include "eg_logical.h"

void eg_logical_not_bool(const bool* input, bool* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = !input[i];
}
