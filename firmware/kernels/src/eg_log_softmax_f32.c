#include "eg_math.h"
#include "eg_softmax.h"

void eg_log_softmax_f32(const eg_softmax_float_params* params, const float* input, float* output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const float highest = eg_softmax_max_f32(input, params->depth);
    float sum = 0.0f;
    for (int32_t c = 0; c < params->depth; ++c) sum += eg_expf(input[c] - highest);
    const float log_sum = eg_logf(sum);
    for (int32_t c = 0; c < params->depth; ++c) output[c] = input[c] - highest - log_sum;
    input += params->depth;
    output += params->depth;
  }
}
