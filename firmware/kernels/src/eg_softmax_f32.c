#include "eg_math.h"
#include "eg_softmax.h"

void eg_softmax_f32(const eg_softmax_float_params* params, const float* input, float* output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const float highest = eg_softmax_max_f32(input, params->depth);
    float sum = 0.0f;
    for (int32_t c = 0; c < params->depth; ++c) {
      output[c] = eg_expf((input[c] - highest) * params->beta);
      sum += output[c];
    }
    for (int32_t c = 0; c < params->depth; ++c) output[c] /= sum;
    input += params->depth;
    output += params->depth;
  }
}
