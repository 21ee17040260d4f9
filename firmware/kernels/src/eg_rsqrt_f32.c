#include "eg_math.h"
#include "eg_unary.h"

void eg_rsqrt_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const float root = eg_sqrtf(input[i]);
    output[i] = root != root ? root : 1.0f / root; /* the same NaN everywhere */
  }
}
