#ifndef EG_QUANTIZE_STEPS_F32_S8_H
#define EG_QUANTIZE_STEPS_F32_S8_H

#include "eg_common.h"

/* QUANTIZE of float32 to int8 without float arithmetic. steps: 255 keys, ascending, of the smallest inputs that give
 * -127 to 127 or more. A float's key are its bits as an int32, those below the sign turned over where it is negative.
 * A NaN gives 127. */
void eg_quantize_steps_f32_s8(const int32_t* steps, const float* input, int8_t* output, int32_t count);

#endif
