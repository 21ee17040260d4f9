#ifndef EG_BATCH_MATMUL_H
#define EG_BATCH_MATMUL_H

#include "eg_common.h"

/* Sizes, and strides in elements; a batch stride of 0 uses one matrix for every batch of that axis. */
typedef struct {
  int32_t batches[3];
  int32_t lhs_batch_strides[3];
  int32_t rhs_batch_strides[3];
  int32_t rows;
  int32_t columns;
  int32_t depth;
  int32_t lhs_row_stride;
  int32_t lhs_depth_stride;
  int32_t rhs_column_stride;
  int32_t rhs_depth_stride;
} eg_batch_matmul_shape;

typedef struct {
  int32_t lhs_offset;
  int32_t rhs_offset;
  int32_t output_offset;
  int32_t multiplier;
  int32_t shift;
} eg_batch_matmul_params;

/* BATCH_MATMUL, int8: lhs [...,rows,depth], rhs [...,depth,columns] as their strides say, output [...,rows,columns]. */
void eg_batch_matmul_s8(const eg_batch_matmul_shape* shape, const eg_batch_matmul_params* params, const int8_t* lhs,
                        const int8_t* rhs, int8_t* output);

/* BATCH_MATMUL, int16 with zero points 0, 64-bit accumulators and a Q15 multiplier. */
void eg_batch_matmul_s16(const eg_batch_matmul_shape* shape, const eg_batch_matmul_params* params, const int16_t* lhs,
                         const int16_t* rhs, int16_t* output);

/* BATCH_MATMUL in float. */
void eg_batch_matmul_f32(const eg_batch_matmul_shape* shape, const float* lhs, const float* rhs, float* output);

#endif
