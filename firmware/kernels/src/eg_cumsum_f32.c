#include "eg_cumsum.h"

void eg_cumsum_f32(const eg_cumsum_axis* axis, const float* input, float* output) {
  for (int32_t outer = 0; outer < axis->outer; ++outer) {
    for (int32_t inner = 0; inner < axis->inner; ++inner) {
      float sum = 0.0f;
      for (int32_t i = 0; i < axis->depth; ++i) {
        const int32_t depth = axis->reverse ? axis->depth - 1 - i : i;
        const int32_t at = (outer * axis->depth + depth) * axis->inner + inner;
        const float before = sum;
        sum += input[at];
        output[at] = axis->exclusive ? before : sum;
      }
    }
  }
}
