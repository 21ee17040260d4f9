#include "eg_add_s8_mve.h"

#include <arm_mve.h>

EG_INLINE int32x4_t eg_add_4_mve(const eg_add_mve_params* p, int32x4_t multiplier1, int32x4_t a, int32x4_t b) {
  return vshlq_r_s32(vmlaq_n_s32(vmlasq_n_s32(a, multiplier1, p->offset), b, p->multiplier2), -p->shift);
}

void eg_add_s8_mve(const eg_add_mve_params* params, int32_t count, const int8_t* input1, const int8_t* input2,
                   int8_t* output) {
  const eg_add_mve_params p = *params;
  const int32x4_t multiplier1 = vdupq_n_s32(p.multiplier1);
  int16x8_t narrow = vuninitializedq_s16();
  int8x16_t result = vuninitializedq_s8();
  for (; count >= 4; count -= 4, input1 += 4, input2 += 4, output += 4) {
    narrow = vqmovnbq_s32(narrow, eg_add_4_mve(&p, multiplier1, vldrbq_s32(input1), vldrbq_s32(input2)));
    result = vqmovnbq_s16(result, narrow);
    vstrbq_s32(output, vreinterpretq_s32_s8(result));
  }
  const mve_pred16_t live = vctp32q((uint32_t)count);
  const int32x4_t a = vldrbq_z_s32(input1, live), b = vldrbq_z_s32(input2, live);
  result = vqmovnbq_s16(result, vqmovnbq_s32(narrow, eg_add_4_mve(&p, multiplier1, a, b)));
  vstrbq_p_s32(output, vreinterpretq_s32_s8(result), live);
}
