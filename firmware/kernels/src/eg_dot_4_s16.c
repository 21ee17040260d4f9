#include "eg_conv_2d_s16_narrow.h"

void eg_dot_4_s16(const int16_t* input, const void* weights, int32_t at, int32_t count, int64_t* sums) {
  const int8_t* w = (const int8_t*)weights + 4 * at;
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (const int16_t* const most = input + count / 2 * 2; input != most; input += 2, w += 8) {
    const int32_t x = input[0], y = input[1];
    a += x * w[0] + y * w[4];
    b += x * w[1] + y * w[5];
    c += x * w[2] + y * w[6];
    d += x * w[3] + y * w[7];
  }
  if (count % 2) {
    const int32_t x = *input;
    a += x * w[0];
    b += x * w[1];
    c += x * w[2];
    d += x * w[3];
  }
  sums[0] += a;
  sums[1] += b;
  sums[2] += c;
  sums[3] += d;
}
