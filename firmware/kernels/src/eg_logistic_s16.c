#include "eg_activations.h"
#include "eg_sigmoid_s16.h"

void eg_logistic_s16(const eg_sigmoid_params* params, const int16_t* input, int16_t* output, int32_t count) {
  const int32_t round = params->shift > 0 ? 1 << (params->shift - 1) : 0;
  for (int32_t i = 0; i < count; ++i) {
    output[i] =
        eg_sigmoid_q15(eg_wrap_add(eg_wrap_mul(input[i], params->multiplier), round) >> params->shift, params->table);
  }
}
