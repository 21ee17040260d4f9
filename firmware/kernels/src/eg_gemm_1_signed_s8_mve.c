#include "eg_gemm_body_mve.h"
#include "eg_gemm_s8_mve.h"

__attribute__((naked)) void eg_gemm_1_signed_s8_mve(const eg_gemm_mve* job __attribute__((unused))) {
  EG_GEMM_1_BODY_MVE(EG_GEMM_SIGNED_MVE);
}
