#include "eg_batch_matmul.h"

static void multiply(const eg_batch_matmul_shape* shape, const eg_batch_matmul_params* params, const int8_t* lhs,
                     const int8_t* rhs, int8_t* output) {
  for (int32_t i = 0; i < shape->rows; ++i) {
    for (int32_t j = 0; j < shape->columns; ++j) {
      const int8_t* row = lhs + i * shape->lhs_row_stride;
      const int8_t* column = rhs + j * shape->rhs_column_stride;
      int32_t acc = 0;
      for (int32_t k = 0; k < shape->depth; ++k) {
        acc = eg_wrap_add(acc, (row[k * shape->lhs_depth_stride] + params->lhs_offset) *
                                   (column[k * shape->rhs_depth_stride] + params->rhs_offset));
      }
      acc = eg_wrap_add(eg_requantize(acc, params->multiplier, params->shift), params->output_offset);
      *output++ = (int8_t)eg_clamp(acc, INT8_MIN, INT8_MAX);
    }
  }
}

void eg_batch_matmul_s8(const eg_batch_matmul_shape* shape, const eg_batch_matmul_params* params, const int8_t* lhs,
                        const int8_t* rhs, int8_t* output) {
  for (int32_t a = 0; a < shape->batches[0]; ++a) {
    for (int32_t b = 0; b < shape->batches[1]; ++b) {
      for (int32_t c = 0; c < shape->batches[2]; ++c) {
        const int32_t* l = shape->lhs_batch_strides;
        const int32_t* r = shape->rhs_batch_strides;
        multiply(shape, params, lhs + a * l[0] + b * l[1] + c * l[2], rhs + a * r[0] + b * r[1] + c * r[2], output);
        output += shape->rows * shape->columns;
      }
    }
  }
}
