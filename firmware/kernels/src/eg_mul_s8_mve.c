#include "eg_mul_s8_mve.h"

#include "eg_requantize_mve.h"

/* One row; `repeat1`, `repeat2`: that input's only value counts for all. */
EG_INLINE void multiply(const eg_mul_params* p, int32_t size, const int8_t* a, const int8_t* b, int8_t* output,
                        bool repeat1, bool repeat2) {
  const int32x4_t all1 = vdupq_n_s32(*a), all2 = vdupq_n_s32(*b), shift = vdupq_n_s32(p->shift);
  const int32x4_t low = vdupq_n_s32(p->activation_min), high = vdupq_n_s32(p->activation_max);
  for (; size > 0; size -= 4, a += 4, b += 4, output += 4) {
    const mve_pred16_t live = vctp32q((uint32_t)size);
    const int32x4_t left = repeat1 ? all1 : vldrbq_z_s32(a, live), right = repeat2 ? all2 : vldrbq_z_s32(b, live);
    const int32x4_t product = vmulq_s32(vaddq_n_s32(left, p->input1_offset), vaddq_n_s32(right, p->input2_offset));
    int32x4_t result = vqrdmulhq_n_s32(product, p->multiplier);
    result = vrshlq_s32(vaddq_s32(result, vshrq_n_s32(result, 31)), shift);
    result = vaddq_n_s32(result, p->output_offset);
    vstrbq_p_s32(output, vminq_s32(vmaxq_s32(result, low), high), live);
  }
}

void eg_mul_s8_mve(const eg_mul_params* params, const eg_walk* walk, const int8_t* input1, const int8_t* input2,
                   int8_t* output) {
  const eg_mul_params p = *params;
  const int32_t size = walk->size;
  eg_walk_position at = {{0}, {0}};
  do {
    const int8_t *a = input1 + at.offset[0], *b = input2 + at.offset[1];
    if (size <= 0) continue;
    if (walk->step[0] == 0) {
      multiply(&p, size, a, b, output, true, false);
    } else if (walk->step[1] == 0) {
      multiply(&p, size, a, b, output, false, true);
    } else {
      multiply(&p, size, a, b, output, false, false);
    }
    output += size;
  } while (eg_walk_next(walk, &at));
}
