#include "eg_math.h"
#include "eg_unary.h"

EG_INLINE float round_of(float value) {
  const float below = eg_floorf(value);
  const float rest = value - below;
  if (rest < 0.5f || (rest == 0.5f && (int32_t)below % 2 == 0)) return below;
  return below + 1.0f;
}

void eg_round_f32(const float* input, float* output, int32_t count) {
  for (int32_t i = 0; i < count; ++i) output[i] = round_of(input[i]);
}
