#include "eg_gemv_body_armv7em.h"
#include "eg_gemv_s8_armv7em.h"

EG_GEMV_FORM(eg_gemv_raw_wide_s8_armv7em, EG_GEMV_WIDE_STEP(EG_GEMV_LOAD_RAW), EG_GEMV_WIDE_BYTES_RAW, EG_GEMV_NOTHING,
             EG_GEMV_OWN_WIDE)
