#include "eg_cumsum.h"

void eg_cumsum_s8(const eg_add_params* params, const eg_cumsum_axis* axis, const int8_t* input, int8_t* output) {
  const eg_add_params p = *params;
  /* TFLite starts from the scaled offset, not from 0. */
  const int32_t start = eg_add_scale(p.input1_offset, EG_ADD_SHIFT_S8, p.input1_multiplier, p.input1_shift);
  for (int32_t outer = 0; outer < axis->outer; ++outer) {
    for (int32_t inner = 0; inner < axis->inner; ++inner) {
      int32_t sum = start;
      for (int32_t i = 0; i < axis->depth; ++i) {
        const int32_t depth = axis->reverse ? axis->depth - 1 - i : i;
        const int32_t at = (outer * axis->depth + depth) * axis->inner + inner;
        const int32_t before = sum;
        sum = eg_wrap_add(
            sum, eg_add_scale(input[at] + p.input1_offset, EG_ADD_SHIFT_S8, p.input1_multiplier, p.input1_shift));
        const int32_t result =
            eg_add_scale(axis->exclusive ? before : sum, 0, p.output_multiplier, p.output_shift) + p.output_offset;
        output[at] = (int8_t)eg_clamp(result, p.activation_min, p.activation_max);
      }
    }
  }
}
