/* Requantisation in six instructions for RV32IM. */
#ifndef EG_REQUANTIZE_RV32IM_H
#define EG_REQUANTIZE_RV32IM_H

#include "eg_common.h"

/* For one output channel: `bias` for products with the raw input; the others as in eg_gemm_s8_rv32im.h. */
typedef struct {
  int32_t bias;
  int32_t multiplier;
  int32_t rounding;
  int32_t shift;
} eg_quant_rv32im;

/* What eg_requantize, the output's zero point and the activation give. |acc| < 2^29. */
EG_INLINE int8_t eg_requantize_rv32im(int32_t acc, const eg_quant_rv32im* q, int32_t low, int32_t high,
                                      int32_t is_relu) {
  int32_t result = low;
  if (!is_relu || acc > 0) {
    const int32_t tie = is_relu ? 0 : (int32_t)((uint32_t)(acc >> 31) << 1);
    const int32_t scaled = (int32_t)((int64_t)(int32_t)((uint32_t)acc << 2) * q->multiplier >> 32);
    result = (scaled + q->rounding + tie) >> q->shift;
    if (!is_relu && result < low) result = low;
    if (result > high) result = high;
  }
  return (int8_t)result;
}

#endif
