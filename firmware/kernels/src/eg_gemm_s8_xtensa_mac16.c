#include "eg_gemm_s8_xtensa_mac16.h"

void eg_gemm_s8_xtensa_mac16(const eg_gemm_mac16* gemm) {
  EG_GEMM_BODY_MAC16(gemm, EG_START_MAC16, EG_SKIP_MAC16, EG_SCALE_MAC16, EG_REPEAT_MAC16);
}
