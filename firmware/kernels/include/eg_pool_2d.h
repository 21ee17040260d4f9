#ifndef EG_POOL_2D_H
#define EG_POOL_2D_H

#include "eg_common.h"

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t filter_h;
  int32_t filter_w;
  int32_t pad_h; /* rows of padding above */
  int32_t pad_w; /* columns of padding to the left */
  int32_t activation_min;
  int32_t activation_max;
} eg_pool_2d_params;

typedef struct {
  int32_t stride_h;
  int32_t stride_w;
  int32_t filter_h;
  int32_t filter_w;
  int32_t pad_h;
  int32_t pad_w;
  float activation_min;
  float activation_max;
} eg_pool_2d_f32_params;

/* The part of a window along one axis that lies inside the input: [start, end), in input coordinates. */
typedef struct {
  int32_t start;
  int32_t end;
} eg_pool_2d_range;

EG_INLINE eg_pool_2d_range eg_pool_2d_window(int32_t output, int32_t stride, int32_t pad, int32_t filter,
                                             int32_t input_size) {
  const int32_t origin = output * stride - pad;
  const eg_pool_2d_range range = {origin < 0 ? 0 : origin, origin + filter < input_size ? origin + filter : input_size};
  return range;
}

/* AVERAGE_POOL_2D: input [N,H,W,C], output [N,OH,OW,C] with the same scale and zero point. Integers round half away
 * from zero; padding does not count. No window lies in the padding altogether. */
void eg_average_pool_2d_s8(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output);
void eg_average_pool_2d_s16(const eg_pool_2d_params* params, const eg_dims* input_dims, const int16_t* input,
                            const eg_dims* output_dims, int16_t* output);
void eg_average_pool_2d_f32(const eg_pool_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                            const eg_dims* output_dims, float* output);

/* MAX_POOL_2D: as above, the largest element of each window. */
void eg_max_pool_2d_s8(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                       const eg_dims* output_dims, int8_t* output);
void eg_max_pool_2d_s16(const eg_pool_2d_params* params, const eg_dims* input_dims, const int16_t* input,
                        const eg_dims* output_dims, int16_t* output);
void eg_max_pool_2d_f32(const eg_pool_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                        const eg_dims* output_dims, float* output);

/* L2_POOL_2D: as above, the root of the mean square of each window. */
void eg_l2_pool_2d_f32(const eg_pool_2d_f32_params* params, const eg_dims* input_dims, const float* input,
                       const eg_dims* output_dims, float* output);

#endif
