#include "eg_depthwise_body_mve.h"
#include "eg_depthwise_taps_s8_mve.h"

__attribute__((naked)) void eg_depthwise_taps_signed_s8_mve(eg_depthwise_taps_mve* job __attribute__((unused))) {
  EG_DEPTHWISE_TAPS_BODY_MVE(EG_DEPTHWISE_LISTED_MVE, EG_DEPTHWISE_SIGNED_MVE);
}
