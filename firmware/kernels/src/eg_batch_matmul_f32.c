#include "eg_batch_matmul.h"

static void multiply(const eg_batch_matmul_shape* shape, const float* lhs, const float* rhs, float* output) {
  for (int32_t i = 0; i < shape->rows; ++i) {
    for (int32_t j = 0; j < shape->columns; ++j) {
      const float* row = lhs + i * shape->lhs_row_stride;
      const float* column = rhs + j * shape->rhs_column_stride;
      float acc = 0.0f;
      for (int32_t k = 0; k < shape->depth; ++k) {
        acc += row[k * shape->lhs_depth_stride] * column[k * shape->rhs_depth_stride];
      }
      *output++ = acc;
    }
  }
}

void eg_batch_matmul_f32(const eg_batch_matmul_shape* shape, const float* lhs, const float* rhs, float* output) {
  for (int32_t a = 0; a < shape->batches[0]; ++a) {
    for (int32_t b = 0; b < shape->batches[1]; ++b) {
      for (int32_t c = 0; c < shape->batches[2]; ++c) {
        const int32_t* l = shape->lhs_batch_strides;
        const int32_t* r = shape->rhs_batch_strides;
        multiply(shape, lhs + a * l[0] + b * l[1] + c * l[2], rhs + a * r[0] + b * r[1] + c * r[2], output);
        output += shape->rows * shape->columns;
      }
    }
  }
}
