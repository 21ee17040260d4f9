#include "eg_gemv_body_armv7em.h"
#include "eg_gemv_s8_armv7em.h"

EG_GEMV(eg_gemv_relu_s8_armv7em, EG_GEMV_LOAD, EG_GEMV_STEP_BYTES, EG_GEMV_RELU)
