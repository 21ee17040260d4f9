#ifndef EG_SIGMOID_S16_H
#define EG_SIGMOID_S16_H

#include "eg_common.h"

/* sigmoid(x) in Q0.15, interpolated; x is 3 times a Q3.12 number, `table` holds sigmoid(i / 24) in Q0.16. */
EG_INLINE int16_t eg_sigmoid_q15(int32_t x, const uint16_t* table) {
  const uint32_t magnitude = x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
  const uint32_t at = magnitude >> 9;
  uint32_t result = 0x7FFFu << 10;
  if (at < 255) result = ((uint32_t)table[at] << 9) + (magnitude & 511) * (uint32_t)(table[at + 1] - table[at]);
  result = x >= 0 ? result + (1u << 9) : (1u << 25) - result + (1u << 9) - 1;
  return (int16_t)(result >> 10);
}

/* tanh(x) in Q0.15 as 2 * sigmoid(2 * x) - 1; x and `table` as in eg_sigmoid_q15. */
EG_INLINE int16_t eg_tanh_q15(int32_t x, const uint16_t* table) {
  const uint32_t magnitude = x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
  const uint32_t at = magnitude >> 8;
  int32_t result = 0xFFFF << 8;
  if (at < 255)
    result = (int32_t)(((uint32_t)table[at] << 8) + (magnitude & 255) * (uint32_t)(table[at + 1] - table[at]));
  result = x >= 0 ? result - (1 << 23) + (1 << 7) : (1 << 23) - result + (1 << 7) - 1;
  return (int16_t)(result >> 8);
}

#endif
