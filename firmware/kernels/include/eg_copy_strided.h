#ifndef EG_COPY_STRIDED_H
#define EG_COPY_STRIDED_H

#include "eg_walk.h"

/* Array 0 of the walk is the input, array 1 the output; steps and moves are in bytes and may be negative or, in the
 * input, 0 (the unit is repeated). */
typedef struct {
  int32_t input_offset; /* bytes to the first unit */
  int32_t output_offset;
  int32_t unit_bytes; /* moved at each position; 2, 4 and 8 are aligned to as much */
  eg_walk walk;
} eg_copy_strided_params;

/* Moves a box of units from one array to another, in any order and of any type: what SLICE, TRANSPOSE, PACK, PAD and
 * their like come down to. Input and output may be one array if no byte is both read and written. */
void eg_copy_strided(const eg_copy_strided_params* params, const void* input, void* output);

#endif
