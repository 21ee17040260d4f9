#ifndef EG_COMPARE_H
#define EG_COMPARE_H

#include "eg_walk.h"

/* Both inputs' scales as Q31 multipliers and right shifts by -shift bits (shift <= 0). */
typedef struct {
  int32_t input1_offset;
  int32_t input1_multiplier;
  int32_t input1_shift;
  int32_t input2_offset;
  int32_t input2_multiplier;
  int32_t input2_shift;
} eg_compare_params;

/* value * 2^8 * multiplier * 2^(shift - 31), shift <= 0: what is left of int8 values when they are compared. */
EG_INLINE int32_t eg_compare_scale(int32_t value, int32_t multiplier, int32_t shift) {
  return eg_rounding_shift(eg_doubling_high_mul(value * (1 << 8), multiplier), -shift);
}

/* EQUAL, NOT_EQUAL, LESS, LESS_EQUAL; GREATER and GREATER_EQUAL are these with the inputs exchanged. */
void eg_equal_s8(const eg_compare_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                 bool* output);
void eg_equal_bool(const eg_walk* walk, const bool* input1, const bool* input2, bool* output);
void eg_equal_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, bool* output);
void eg_equal_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, bool* output);
void eg_equal_f32(const eg_walk* walk, const float* input1, const float* input2, bool* output);
void eg_not_equal_s8(const eg_compare_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                     bool* output);
void eg_not_equal_bool(const eg_walk* walk, const bool* input1, const bool* input2, bool* output);
void eg_not_equal_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, bool* output);
void eg_not_equal_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, bool* output);
void eg_not_equal_f32(const eg_walk* walk, const float* input1, const float* input2, bool* output);
void eg_less_s8(const eg_compare_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                bool* output);
void eg_less_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, bool* output);
void eg_less_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, bool* output);
void eg_less_f32(const eg_walk* walk, const float* input1, const float* input2, bool* output);
void eg_less_equal_s8(const eg_compare_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                      bool* output);
void eg_less_equal_s32(const eg_walk* walk, const int32_t* input1, const int32_t* input2, bool* output);
void eg_less_equal_s64(const eg_walk* walk, const int64_t* input1, const int64_t* input2, bool* output);
void eg_less_equal_f32(const eg_walk* walk, const float* input1, const float* input2, bool* output);

#endif
