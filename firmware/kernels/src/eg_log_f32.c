#include "eg_math.h"
#include "eg_unary.h"

void eg_log_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = eg_logf(input[i]);
}
