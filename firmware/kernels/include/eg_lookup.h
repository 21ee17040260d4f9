#ifndef EG_LOOKUP_H
#define EG_LOOKUP_H

#include "eg_common.h"

/* output[i] = table[input[i]] for 8-bit types, signed or not: the 256 results are in the order of the input's bytes.
 * Output may start at the input or before it. */
void eg_lookup_8(const uint8_t* table, const void* input, void* output, int32_t count);

#endif
