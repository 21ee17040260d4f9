/* What every kernel and every generated model shares: attributes, dimensions, fixed-point arithmetic. */
#ifndef EG_COMMON_H
#define EG_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EG_ALIGN(bytes) __attribute__((aligned(bytes)))
#define EG_NOINLINE __attribute__((noinline))
#define EG_INLINE static inline __attribute__((always_inline))
#else
#define EG_ALIGN(bytes)
#define EG_NOINLINE
#define EG_INLINE static inline
#endif

/* Define these to place a model in sections of your own, as in -DEG_WEIGHTS='__attribute__((section("weights")))': its
 * arena, its weights and tables, and its parameters, which point to weights. */
#ifndef EG_ARENA
#define EG_ARENA
#endif
#ifndef EG_WEIGHTS
#define EG_WEIGHTS
#endif
#ifndef EG_CONST
#define EG_CONST
#endif

/* Extents of a tensor in NHWC order; for filters n is the output channels (OHWI). */
typedef struct {
  int32_t n;
  int32_t h;
  int32_t w;
  int32_t c;
} eg_dims;

/* Per-channel requantisation: multiplier[c] is Q31, shift[c] > 0 shifts left. */
typedef struct {
  const int32_t* multiplier;
  const int8_t* shift;
} eg_channel_quant;

/* Sum and product modulo 2^32: accumulators wrap around as they do on every target, without undefined behaviour. */
EG_INLINE int32_t eg_wrap_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
EG_INLINE int32_t eg_wrap_mul(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }
EG_INLINE int64_t eg_wrap_add_64(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }

EG_INLINE int32_t eg_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : (value > high ? high : value);
}

/* A NaN stays a NaN. */
EG_INLINE float eg_clamp_f32(float value, float low, float high) {
  const float raised = value < low ? low : value;
  return high < raised ? high : raised;
}

/* The high 32 bits of 2 * a * b, rounded to nearest, ties away from zero for positive and towards zero for negative
 * products. b is not negative, so nothing saturates. */
EG_INLINE int32_t eg_doubling_high_mul(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  return (int32_t)((product + (1LL << 30)) >> 31);
}

/* value / 2^exponent rounded to nearest, ties away from zero; exponent in [0, 31]. */
EG_INLINE int32_t eg_rounding_shift(int32_t value, int exponent) {
  const int32_t mask = (int32_t)((1LL << exponent) - 1);
  const int32_t threshold = (mask >> 1) + (value < 0);
  return (value >> exponent) + ((value & mask) > threshold);
}

/* Scales `acc` by multiplier * 2^(shift - 31), rounding twice (once per step).
 * multiplier: Q31, in [2^30, 2^31) or 0. shift: [-31, 30], > 0 is a left shift. */
EG_INLINE int32_t eg_requantize(int32_t acc, int32_t multiplier, int shift) {
  const int left = shift > 0 ? shift : 0;
  const int right = shift > 0 ? 0 : -shift;
  return eg_rounding_shift(eg_doubling_high_mul(eg_wrap_mul(acc, (int32_t)(1u << left)), multiplier), right);
}

/* Scales a 64-bit accumulator by multiplier * 2^(shift - 15), rounding half up; what exceeds 32 bits is cut off.
 * multiplier: Q15, in [0, 2^15). shift: [-31, 14], > 0 is a left shift. */
EG_INLINE int32_t eg_requantize_64(int64_t acc, int32_t multiplier, int shift) {
  const uint64_t product = (uint64_t)acc * (uint64_t)(int64_t)multiplier + (1ULL << (14 - shift));
  return (int32_t)((int64_t)product >> (15 - shift));
}

/* Value `index` of int4 values packed two in a byte, the low four bits first. */
EG_INLINE int32_t eg_s4_at(const int8_t* packed, int32_t index) {
  const int32_t bits = packed[index >> 1] >> (4 * (index & 1)) & 15;
  return (bits ^ 8) - 8;
}

#endif
