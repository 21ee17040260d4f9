#include <arm_mve.h>

#include "eg_mul_s8_mve.h"

void eg_maximum_s8_mve(const eg_walk* walk, const int8_t* input1, const int8_t* input2, int8_t* output) {
  eg_walk_position at = {{0}, {0}};
  do {
    const int8_t *a = input1 + at.offset[0], *b = input2 + at.offset[1];
    if (walk->step[0] == 0 || walk->step[1] == 0) {
      const int8_t* const many = walk->step[0] ? a : b;
      const int8x16_t one = vdupq_n_s8(walk->step[0] ? *b : *a);
      for (int32_t i = 0; i < walk->size; i += 16) {
        const mve_pred16_t live = vctp8q((uint32_t)(walk->size - i));
        vstrbq_p_s8(output + i, vmaxq_s8(vldrbq_z_s8(many + i, live), one), live);
      }
    } else {
      for (int32_t i = 0; i < walk->size; i += 16) {
        const mve_pred16_t live = vctp8q((uint32_t)(walk->size - i));
        vstrbq_p_s8(output + i, vmaxq_s8(vldrbq_z_s8(a + i, live), vldrbq_z_s8(b + i, live)), live);
      }
    }
    output += walk->size;
  } while (eg_walk_next(walk, &at));
}
