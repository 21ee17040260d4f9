#ifndef EG_RESIZE_H
#define EG_RESIZE_H

#include "eg_common.h"

typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t row_bytes; /* of the input */
  int32_t pixel_bytes;
  int32_t output_height;
  int32_t output_width;
  const int16_t* rows;    /* input row of each output row */
  const int16_t* columns; /* input column of each output column */
} eg_resize_nearest_neighbor_params;

/* RESIZE_NEAREST_NEIGHBOR of any type: [N,H,W,C]. */
void eg_resize_nearest_neighbor(const eg_resize_nearest_neighbor_params* params, const void* input, void* output);

/* Between which input indices each output index lies, and how near it is to the upper one, in 1/1024. */
typedef struct {
  const int16_t* lower;
  const int16_t* upper;
  const int16_t* weight;
} eg_interpolation;

typedef struct {
  eg_interpolation rows;
  eg_interpolation columns;
} eg_resize_bilinear_params;

/* RESIZE_BILINEAR in int8 [N,H,W,C]; halves round away from zero. */
void eg_resize_bilinear_s8(const eg_resize_bilinear_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output);

typedef struct {
  const int16_t* lower;
  const int16_t* upper;
  const float* weight;
} eg_float_interpolation;

typedef struct {
  eg_float_interpolation rows;
  eg_float_interpolation columns;
} eg_resize_bilinear_float_params;

/* RESIZE_BILINEAR in float32 [N,H,W,C]. */
void eg_resize_bilinear_f32(const eg_resize_bilinear_float_params* params, const eg_dims* input_dims,
                            const float* input, const eg_dims* output_dims, float* output);

#endif
