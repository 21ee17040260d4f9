#include "eg_gather.h"

#include <string.h>

void eg_gather(const eg_gather_params* params, const void* input, const int32_t* indices, void* output) {
  const int32_t slice_bytes = params->slice_bytes;
  const uint8_t* from = (const uint8_t*)input;
  uint8_t* to = (uint8_t*)output;
  for (int32_t batch = 0; batch < params->batches; ++batch) {
    for (int32_t outer = 0; outer < params->outer_size; ++outer) {
      for (int32_t i = 0; i < params->indices; ++i) {
        memcpy(to, from + eg_clamp(indices[i], 0, params->axis_size - 1) * slice_bytes, (size_t)slice_bytes);
        to += slice_bytes;
      }
      from += params->axis_size * slice_bytes;
    }
    indices += params->indices;
  }
}
