/* Arithmetic of the FFT in float, which need not scale its stages. */
#ifndef EG_FFT_F32_H
#define EG_FFT_F32_H

#include "eg_common.h"

typedef float eg_fft_scalar;

EG_INLINE float eg_fft_add(float a, float b) { return a + b; }
EG_INLINE float eg_fft_sub(float a, float b) { return a - b; }
EG_INLINE float eg_fft_negate(float a) { return -a; }
EG_INLINE float eg_fft_scale(float a, float b) { return a * b; }
EG_INLINE float eg_fft_divide(float a, int32_t by) {
  (void)by;
  return a;
}
EG_INLINE float eg_fft_half(float a) { return a * 0.5f; }
EG_INLINE float eg_fft_half_sum(float a, float b) { return (a + b) * 0.5f; }
EG_INLINE float eg_fft_half_difference(float a, float b) { return (a - b) * 0.5f; }
EG_INLINE float eg_fft_dot(float a, float c, float b, float d) { return a * c + b * d; }
EG_INLINE float eg_fft_cross(float a, float c, float b, float d) { return a * c - b * d; }

#include "eg_fft_body.h"

#endif
