#ifndef EG_POOL_2D_S8_MVE_H
#define EG_POOL_2D_S8_MVE_H

#include "eg_pool_2d.h"

/* Mean from the sum of a window: (|sum| + half) * multiplier / 2^(16 + shift), rounded down, with the sum's sign. */
typedef struct {
  int32_t half;
  int32_t multiplier;
  int32_t shift;
} eg_mean_mve;

/* AVERAGE_POOL_2D without padding, windows of at most 255 values; the activation is left to eg_clamp_s8_mve. */
void eg_average_pool_2d_s8_mve(const eg_pool_2d_params* params, const eg_mean_mve* mean, const eg_dims* input_dims,
                               const int8_t* input, const eg_dims* output_dims, int8_t* output);

/* MAX_POOL_2D; see eg_max_pool_2d_s8. */
void eg_max_pool_2d_s8_mve(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                           const eg_dims* output_dims, int8_t* output);

/* The same for windows of 2x2 that lie within the input. */
void eg_max_pool_2x2_s8_mve(const eg_pool_2d_params* params, const eg_dims* input_dims, const int8_t* input,
                            const eg_dims* output_dims, int8_t* output);

#endif
