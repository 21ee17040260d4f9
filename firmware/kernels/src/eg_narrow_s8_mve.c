#include "eg_narrow_s8_mve.h"

#include "eg_narrow_body_mve.h"

__attribute__((naked)) void eg_narrow_s8_mve(const eg_narrow_mve* job __attribute__((unused))) {
  EG_NARROW_BODY_MVE(EG_GEMM_UNSIGNED_MVE);
}
