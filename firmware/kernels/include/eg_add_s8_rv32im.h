#ifndef EG_ADD_S8_RV32IM_H
#define EG_ADD_S8_RV32IM_H

#include "eg_requantize_rv32im.h"

/* ADD and SUB of `count` int8 values, which may lie where the output does. Tables have 256 entries, for the bytes 0 to
 * 255: what a value adds to the sum that `quant` scales (its bias is not used). */
void eg_add_s8_rv32im(const eg_quant_rv32im* quant, int32_t low, int32_t high, int32_t is_relu, int32_t count,
                      const int32_t* left_table, const int8_t* left, const int32_t* right_table, const int8_t* right,
                      int8_t* output);

#endif
