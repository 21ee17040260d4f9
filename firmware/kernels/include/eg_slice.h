#ifndef EG_SLICE_H
#define EG_SLICE_H

#include "eg_copy_strided.h"

/* A copy to or from a place that is known at run time only. */
typedef struct {
  int32_t rank;
  const int32_t* limits;  /* highest start along each axis; lower and higher ones are clamped */
  const int32_t* strides; /* bytes from one index to the next */
  eg_copy_strided_params copy;
} eg_slice_params;

/* SLICE with `starts` read at run time. */
void eg_slice_s32(const eg_slice_params* params, const void* input, const int32_t* starts, void* output);
void eg_slice_s64(const eg_slice_params* params, const void* input, const int64_t* starts, void* output);

/* DYNAMIC_UPDATE_SLICE: writes `update` into the output, which holds the operand already. */
void eg_dynamic_update_slice_s32(const eg_slice_params* params, const void* update, const int32_t* starts,
                                 void* output);
void eg_dynamic_update_slice_s64(const eg_slice_params* params, const void* update, const int64_t* starts,
                                 void* output);

/* The offset in bytes of a clamped start. */
EG_INLINE int32_t eg_slice_offset_s32(const eg_slice_params* params, const int32_t* starts) {
  int32_t offset = 0;
  for (int32_t i = 0; i < params->rank; ++i) offset += eg_clamp(starts[i], 0, params->limits[i]) * params->strides[i];
  return offset;
}

EG_INLINE int32_t eg_slice_offset_s64(const eg_slice_params* params, const int64_t* starts) {
  int32_t offset = 0;
  for (int32_t i = 0; i < params->rank; ++i) {
    const int32_t limit = params->limits[i];
    const int32_t start = starts[i] < 0 ? 0 : (starts[i] > limit ? limit : (int32_t)starts[i]);
    offset += start * params->strides[i];
  }
  return offset;
}

#endif
