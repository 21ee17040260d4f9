#ifndef EG_COPY_H
#define EG_COPY_H

#include "eg_common.h"

/* Copies `bytes` from `input` to `output`; they don't overlap. */
void eg_copy(const void* input, void* output, int32_t bytes);

/* Copies `rows` rows of `row_bytes` from `input` to `output`, which may be the same, with `row` as row number `*index`.
 * An index outside of them changes nothing. */
void eg_update_row(const void* input, const void* row, const int32_t* index, int32_t rows, int32_t row_bytes,
                   void* output);

#endif
