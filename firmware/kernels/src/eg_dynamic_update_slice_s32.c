#include "eg_slice.h"

void eg_dynamic_update_slice_s32(const eg_slice_params* params, const void* update, const int32_t* starts,
                                 void* output) {
  eg_copy_strided(&params->copy, update, (uint8_t*)output + eg_slice_offset_s32(params, starts));
}
