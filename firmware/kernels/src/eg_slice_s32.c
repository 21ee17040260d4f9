#include "eg_slice.h"

void eg_slice_s32(const eg_slice_params* params, const void* input, const int32_t* starts, void* output) {
  eg_copy_strided(&params->copy, (const uint8_t*)input + eg_slice_offset_s32(params, starts), output);
}
