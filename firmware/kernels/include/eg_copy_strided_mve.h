#ifndef EG_COPY_STRIDED_MVE_H
#define EG_COPY_STRIDED_MVE_H

#include "eg_copy_strided.h"

/* As eg_copy. */
void eg_copy_bytes_mve(const void* input, void* output, int32_t bytes);

/* As eg_copy_strided for units other than words; those of one byte follow each other in steps of 0 to 8191. */
void eg_copy_strided_mve(const eg_copy_strided_params* params, const void* input, void* output);

#endif
