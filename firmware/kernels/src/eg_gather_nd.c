#include <string.h>

#include "eg_gather.h"

void eg_gather_nd(const eg_gather_nd_params* params, const void* input, const int32_t* indices, void* output) {
  uint8_t* to = (uint8_t*)output;
  for (int32_t slice = 0; slice < params->slices; ++slice) {
    int32_t offset = 0;
    for (int32_t i = 0; i < params->depth; ++i) {
      offset = eg_wrap_add(offset, eg_wrap_mul(indices[i], params->strides[i]));
    }
    memcpy(to, (const uint8_t*)input + eg_clamp(offset, 0, params->highest), (size_t)params->slice_bytes);
    to += params->slice_bytes;
    indices += params->depth;
  }
}
