#include "eg_slice.h"

void eg_dynamic_update_slice_s64(const eg_slice_params* params, const void* update, const int64_t* starts,
                                 void* output) {
  eg_copy_strided(&params->copy, update, (uint8_t*)output + eg_slice_offset_s64(params, starts));
}
