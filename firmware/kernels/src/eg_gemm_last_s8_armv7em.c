#include "eg_gemm_s8_armv7em.h"

void eg_gemm_last_s8_armv7em(eg_gemm_3x2_armv7em gemm, const int32_t* pixels, const int32_t* packed,
                             int8_t* const outputs[3], int32_t steps, int32_t channel) {
  int8_t last[3][2];
  int8_t* const to[3] = {last[0], last[1], last[2]};
  gemm(pixels, packed, to, steps, 1);
  for (int32_t i = 0; i < 3; ++i) outputs[i][channel] = last[i][0];
}
