#ifndef EG_REDUCE_H
#define EG_REDUCE_H

#include "eg_walk.h"

/* The axes of a reduction: `kept` visits the first input element of each output element, in the output's order;
 * `reduced` visits, from there, the input elements that the output element combines. */
typedef struct {
  eg_walk kept;
  eg_walk reduced;
} eg_reduce_axes;

typedef struct {
  int32_t sum_offset; /* -zero_point times the elements per sum, modulo 2^32 */
  int32_t multiplier; /* Q31 */
  int32_t shift;      /* > 0 shifts left */
  int32_t output_offset;
} eg_sum_params;

/* Runs the last argument, a statement, for each element that an output element combines, in the input's order; it sees
 * it as *a. */
#define EG_REDUCE(walk, type, first, ...)             \
  do {                                                \
    eg_walk_position inner_ = {{0}, {0}};             \
    do {                                              \
      const type* a = (first) + inner_.offset[0];     \
      for (int32_t j_ = 0; j_ < (walk)->size; ++j_) { \
        __VA_ARGS__;                                  \
        a += (walk)->step[0];                         \
      }                                               \
    } while (eg_walk_next((walk), &inner_));          \
  } while (0)

/* Runs the last argument, a statement, for each output element; it sees its first input element as *first. */
#define EG_REDUCE_OUTPUTS(axes, type, input, ...)          \
  do {                                                     \
    eg_walk_position outer_ = {{0}, {0}};                  \
    do {                                                   \
      const type* first = (input) + outer_.offset[0];      \
      for (int32_t i_ = 0; i_ < (axes)->kept.size; ++i_) { \
        __VA_ARGS__;                                       \
        first += (axes)->kept.step[0];                     \
      }                                                    \
    } while (eg_walk_next(&(axes)->kept, &outer_));        \
  } while (0)

/* SUM and MEAN: requantised sums (for MEAN the multiplier holds the division), clamped to the type. */
void eg_sum_s8(const eg_sum_params* params, const eg_reduce_axes* axes, const int8_t* input, int8_t* output);
void eg_sum_s16(const eg_sum_params* params, const eg_reduce_axes* axes, const int16_t* input, int16_t* output);
/* SUM (divisor 1) and MEAN. */
void eg_sum_f32(float divisor, const eg_reduce_axes* axes, const float* input, float* output);

/* REDUCE_MAX, REDUCE_MIN: of no elements, the type's smallest or largest finite value; a NaN never wins. */
void eg_reduce_max_s8(const eg_reduce_axes* axes, const int8_t* input, int8_t* output);
void eg_reduce_max_f32(const eg_reduce_axes* axes, const float* input, float* output);
void eg_reduce_min_s8(const eg_reduce_axes* axes, const int8_t* input, int8_t* output);
void eg_reduce_min_f32(const eg_reduce_axes* axes, const float* input, float* output);

/* REDUCE_ALL: true where every element is, so also of no elements. */
void eg_reduce_all_bool(const eg_reduce_axes* axes, const bool* input, bool* output);

#endif
