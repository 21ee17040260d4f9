#include <arm_mve.h>

#include "eg_conv_2d_s16_mve.h"

void eg_dot_4_s16_mve(const int16_t* input, const void* weights, int32_t at, int32_t count, int64_t* sums) {
  const int8_t* w = (const int8_t*)weights + 4 * at;
  int64_t sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
  for (; count > 0; count -= 8, input += 8, w += 32) {
    const int16x8_t values = vldrhq_s16(input);
    sum0 = vmlaldavaq_s16(sum0, values, vldrbq_s16(w));
    sum1 = vmlaldavaq_s16(sum1, values, vldrbq_s16(w + 8));
    sum2 = vmlaldavaq_s16(sum2, values, vldrbq_s16(w + 16));
    sum3 = vmlaldavaq_s16(sum3, values, vldrbq_s16(w + 24));
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}
