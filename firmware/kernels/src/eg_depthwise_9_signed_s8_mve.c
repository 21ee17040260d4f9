#include "eg_depthwise_9_s8_mve.h"
#include "eg_depthwise_body_mve.h"

__attribute__((naked)) void eg_depthwise_9_signed_s8_mve(eg_depthwise_9_mve* job __attribute__((unused))) {
  EG_DEPTHWISE_9_BODY_MVE(EG_DEPTHWISE_SIGNED_MVE);
}
