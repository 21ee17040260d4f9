#ifndef EG_LOOKUP_8_MVE_H
#define EG_LOOKUP_8_MVE_H

#include "eg_common.h"

/* As eg_lookup_8. The output may start at the input, or before it. */
void eg_lookup_8_mve(const uint8_t* table, const void* input, void* output, int32_t count);

#endif
