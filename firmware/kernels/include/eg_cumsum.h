#ifndef EG_CUMSUM_H
#define EG_CUMSUM_H

#include "eg_add.h"

/* The axis of a running sum: [outer, depth, inner] elements, added along depth. */
typedef struct {
  int32_t outer;
  int32_t depth;
  int32_t inner;
  bool exclusive; /* a sum does not hold its own element */
  bool reverse;   /* from the last element to the first */
} eg_cumsum_axis;

/* CUMSUM. Of params, input2 is not used. */
void eg_cumsum_s8(const eg_add_params* params, const eg_cumsum_axis* axis, const int8_t* input, int8_t* output);
void eg_cumsum_f32(const eg_cumsum_axis* axis, const float* input, float* output);

#endif
