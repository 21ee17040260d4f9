/* Slices chosen by index. Indices out of range are clamped: no input makes these kernels read elsewhere. */
#ifndef EG_GATHER_H
#define EG_GATHER_H

#include "eg_common.h"

typedef struct {
  int32_t batches;
  int32_t outer_size;
  int32_t axis_size;
  int32_t indices; /* per batch */
  int32_t slice_bytes;
} eg_gather_params;

/* GATHER of any type: input [batches, outer, axis, slice], indices [batches, indices],
 * output [batches, outer, indices, slice]. */
void eg_gather(const eg_gather_params* params, const void* input, const int32_t* indices, void* output);

typedef struct {
  int32_t slices;
  int32_t depth;          /* indices per slice */
  const int32_t* strides; /* bytes per step of each of them */
  int32_t highest;        /* offset in bytes of the last slice */
  int32_t slice_bytes;
} eg_gather_nd_params;

/* GATHER_ND of any type: indices [slices, depth], output [slices, slice]. */
void eg_gather_nd(const eg_gather_nd_params* params, const void* input, const int32_t* indices, void* output);

typedef struct {
  int32_t rows;
  int32_t columns;
  int32_t indices;
  float scale;
} eg_embedding_lookup_params;

/* EMBEDDING_LOOKUP in int8 [rows, columns], dequantised: output [indices, columns]. */
void eg_embedding_lookup_s8_f32(const eg_embedding_lookup_params* params, const int8_t* values, const int32_t* indices,
                                float* output);

#endif
