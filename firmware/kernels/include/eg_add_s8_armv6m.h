#ifndef EG_ADD_S8_ARMV6M_H
#define EG_ADD_S8_ARMV6M_H

#include "eg_requantize_armv6m.h"

/* ADD and SUB of `count` int8 values, which may lie where the output does. Tables have 256 entries, for the bytes 0 to
 * 255: what a value adds to the sum that `quant` scales (its bias is not used). */
void eg_add_s8_armv6m(const eg_quant_armv6m* quant, int32_t low, int32_t high, int32_t is_relu, int32_t count,
                      const int32_t* left_table, const int8_t* left, const int32_t* right_table, const int8_t* right,
                      int8_t* output);

#endif
