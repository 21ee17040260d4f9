#include "eg_small_s8_rv32im.h"

#define EG_ROW(w, a, b, c) \
  a += w * x0;             \
  b += w * x1;             \
  c += w * x2;

/* Twelve sums, and what they are made of, fit the registers; sixteen don't. */
void eg_gemm_small_s8_rv32im(const int8_t* columns, const int8_t* weights, int32_t depth, int32_t sums[12]) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0, s9 = 0, s10 = 0, s11 = 0;
  const int8_t* const end = columns + 3 * depth;
  for (; columns != end; columns += 3, weights += 4) {
    const int32_t x0 = columns[0], x1 = columns[1], x2 = columns[2];
    EG_ROW(weights[0], s0, s1, s2)
    EG_ROW(weights[1], s3, s4, s5)
    EG_ROW(weights[2], s6, s7, s8)
    EG_ROW(weights[3], s9, s10, s11)
  }
  const int32_t all[12] = {s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11};
  for (int32_t i = 0; i < 12; ++i) sums[i] = all[i];
}
