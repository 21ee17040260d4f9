#include "eg_gemm_3x2_body_armv7em.h"
#include "eg_gemm_s8_armv7em.h"

EG_GEMM_3X2(eg_gemm_3x2_relu_shift14_s8_armv7em, EG_GEMM_HEAD, EG_GEMM_COMMON("14"))
