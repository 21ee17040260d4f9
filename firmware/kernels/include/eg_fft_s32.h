/* Arithmetic of the FFT in Q31; sums wrap around. */
#ifndef EG_FFT_S32_H
#define EG_FFT_S32_H

#include "eg_common.h"

typedef int32_t eg_fft_scalar;

EG_INLINE int32_t eg_fft_round(int64_t product) { return (int32_t)((product + (1 << 30)) >> 31); }
EG_INLINE int32_t eg_fft_add(int32_t a, int32_t b) { return eg_wrap_add(a, b); }
EG_INLINE int32_t eg_fft_sub(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }
EG_INLINE int32_t eg_fft_negate(int32_t a) { return eg_fft_sub(0, a); }
EG_INLINE int32_t eg_fft_scale(int32_t a, int32_t b) { return eg_fft_round((int64_t)a * b); }
EG_INLINE int32_t eg_fft_divide(int32_t a, int32_t by) { return eg_fft_round((int64_t)a * (2147483647 / by)); }
EG_INLINE int32_t eg_fft_half(int32_t a) { return a >> 1; }
EG_INLINE int32_t eg_fft_half_sum(int32_t a, int32_t b) { return eg_fft_add(a, b) >> 1; }
EG_INLINE int32_t eg_fft_half_difference(int32_t a, int32_t b) { return eg_fft_sub(a, b) >> 1; }
/* a * c + b * d and a * c - b * d, rounded once */
EG_INLINE int32_t eg_fft_dot(int32_t a, int32_t c, int32_t b, int32_t d) {
  return eg_fft_round((int64_t)a * c + (int64_t)b * d);
}
EG_INLINE int32_t eg_fft_cross(int32_t a, int32_t c, int32_t b, int32_t d) {
  return eg_fft_round((int64_t)a * c - (int64_t)b * d);
}

#include "eg_fft_body.h"

#endif
