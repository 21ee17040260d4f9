#ifndef EG_CIRCULAR_BUFFER_H
#define EG_CIRCULAR_BUFFER_H

#include "eg_common.h"

/* CIRCULAR_BUFFER: drops the oldest of the `slots` groups of `depth` values and appends `input`. `*countdown` falls
 * from `cycles` to 0 with each call and starts again; `*ended` becomes 1 unless it has reached 0: then the invocation
 * ends here. */
void eg_circular_buffer_s8(const int8_t* input, int32_t slots, int32_t depth, int32_t cycles, void* countdown,
                           void* values, uint8_t* ended);

#endif
