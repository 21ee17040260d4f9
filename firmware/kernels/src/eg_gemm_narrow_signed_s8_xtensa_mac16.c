#include "eg_gemm_s8_xtensa_mac16.h"

void eg_gemm_narrow_signed_s8_xtensa_mac16(const eg_gemm_mac16* gemm) {
  eg_gemm_widened_mac16(gemm, eg_gemm_signed_s8_xtensa_mac16);
}
