#include "eg_arg_max.h"

void eg_arg_min_s8(const int8_t* input, int32_t* output, int32_t outer, int32_t depth, int32_t inner) {
  for (int32_t i = 0; i < outer; ++i, input += depth * inner) {
    for (int32_t j = 0; j < inner; ++j) {
      const int8_t* element = input + j;
      int8_t best = *element;
      int32_t index = 0;
      for (int32_t k = 1; k < depth; ++k) {
        element += inner;
        if (*element < best) {
          best = *element;
          index = k;
        }
      }
      *output++ = index;
    }
  }
}
