#include "eg_conv_2d_s16_xtensa_mac16.h"

void eg_dot_s16_xtensa_mac16(const int16_t* input, const void* weights, int32_t at, int32_t count, int64_t* sums) {
  const int16_t* x = input - 2;
  const int16_t* w = (const int16_t*)weights + at - 2;
  uint32_t low, high;
  __asm__ volatile(
      "movi %[low], 0\n"
      "wsr %[low], acclo\n"
      "wsr %[low], acchi\n"
      "ldinc m0, %[w]\n"
      "ldinc m2, %[x]\n"
      "loopnez %[fours], 1f\n"
      "mula.dd.ll.ldinc m1, %[w], m0, m2\n"
      "mula.dd.hh.ldinc m3, %[x], m0, m2\n"
      "mula.dd.ll.ldinc m0, %[w], m1, m3\n"
      "mula.dd.hh.ldinc m2, %[x], m1, m3\n"
      "1:\n"
      "beqz %[two], 2f\n"
      "mula.dd.ll m0, m2\n"
      "mula.dd.hh m0, m2\n"
      "2:\n"
      "rsr %[low], acclo\n"
      "rsr %[high], acchi\n"
      : [x] "+&r"(x), [w] "+&r"(w), [low] "=&r"(low), [high] "=&r"(high)
      : [fours] "r"(count / 4), [two] "r"(count % 4)
      : EG_STATE_MAC16, "memory");
  *sums += (int64_t)((uint64_t)(uint32_t)(int32_t)(int8_t)high << 32 | low);
}
