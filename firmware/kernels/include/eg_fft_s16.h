/* Arithmetic of the FFT in Q15; sums wrap around. */
#ifndef EG_FFT_S16_H
#define EG_FFT_S16_H

#include "eg_common.h"

typedef int16_t eg_fft_scalar;

EG_INLINE int16_t eg_fft_round(int32_t product) { return (int16_t)((product + (1 << 14)) >> 15); }
EG_INLINE int16_t eg_fft_add(int16_t a, int16_t b) { return (int16_t)(a + b); }
EG_INLINE int16_t eg_fft_negate(int16_t a) { return (int16_t)-a; }
EG_INLINE int16_t eg_fft_sub(int16_t a, int16_t b) { return (int16_t)(a - b); }
EG_INLINE int16_t eg_fft_scale(int16_t a, int16_t b) { return eg_fft_round(a * b); }
EG_INLINE int16_t eg_fft_divide(int16_t a, int32_t by) { return eg_fft_round(a * (32767 / by)); }
EG_INLINE int16_t eg_fft_half(int16_t a) { return (int16_t)(a >> 1); }
EG_INLINE int16_t eg_fft_half_sum(int16_t a, int16_t b) { return (int16_t)((a + b) >> 1); }
EG_INLINE int16_t eg_fft_half_difference(int16_t a, int16_t b) { return (int16_t)((a - b) >> 1); }
/* a * c + b * d and a * c - b * d, rounded once */
EG_INLINE int16_t eg_fft_dot(int16_t a, int16_t c, int16_t b, int16_t d) { return eg_fft_round(a * c + b * d); }
EG_INLINE int16_t eg_fft_cross(int16_t a, int16_t c, int16_t b, int16_t d) { return eg_fft_round(a * c - b * d); }

#include "eg_fft_body.h"

#endif
