/* Requantisation of four values for MVE. */
#ifndef EG_REQUANTIZE_MVE_H
#define EG_REQUANTIZE_MVE_H

#include <arm_mve.h>

#include "eg_common.h"

/* eg_requantize in each lane; the shift is split: left >= 0, right <= 0, one of them 0. */
EG_INLINE int32x4_t eg_requantize_mve(int32x4_t acc, int32x4_t multiplier, int32x4_t left, int32x4_t right) {
  const int32x4_t high = vqrdmulhq_s32(vshlq_s32(acc, left), multiplier);
  /* One less below zero: then rounding ties up is rounding them away from zero. */
  return vrshlq_s32(vqaddq_s32(high, vshrq_n_s32(vandq_s32(high, right), 31)), right);
}

/* The same with one multiplier and shift for all lanes. */
EG_INLINE int32x4_t eg_requantize_n_mve(int32x4_t acc, int32_t multiplier, int32_t shift) {
  const int32x4_t high = vqrdmulhq_n_s32(vshlq_r_s32(acc, shift > 0 ? shift : 0), multiplier);
  if (shift >= 0) return high;
  return vrshlq_s32(vqaddq_s32(high, vshrq_n_s32(high, 31)), vdupq_n_s32(shift));
}

EG_INLINE int32x4_t eg_clamp_mve(int32x4_t value, int32_t low, int32_t high) {
  return vminq_s32(vmaxq_s32(value, vdupq_n_s32(low)), vdupq_n_s32(high));
}

#endif
