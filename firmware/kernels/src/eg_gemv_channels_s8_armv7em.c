#include "eg_gemv_body_armv7em.h"
#include "eg_gemv_s8_armv7em.h"

EG_GEMV_FORM(eg_gemv_channels_s8_armv7em, EG_GEMV_STEP(EG_GEMV_LOAD), EG_GEMV_STEP_BYTES, EG_GEMV_APART, EG_GEMV_OWN)
