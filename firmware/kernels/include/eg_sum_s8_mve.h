#ifndef EG_SUM_S8_MVE_H
#define EG_SUM_S8_MVE_H

#include "eg_reduce.h"

/* SUM and MEAN of `rows` rows: [batches,rows,channels] to [batches,channels]. The output may start at the input, or
 * before it. */
void eg_sum_s8_mve(const eg_sum_params* params, int32_t batches, int32_t rows, int32_t channels, const int8_t* input,
                   int8_t* output);

#endif
