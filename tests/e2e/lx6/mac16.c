/* Inline assembly with LX6's multiply-accumulate unit and hardware loops, against plain C. */
#include "eg_test.h"

static int16_t left[1024] __attribute__((aligned(4)));
static int16_t right[1024] __attribute__((aligned(4)));

/* `count` a multiple of 4. Loads run two elements ahead of the sums, so four more of each vector are read. */
__attribute__((noinline)) static int32_t dot_product(const int16_t* a, const int16_t* b, int32_t count) {
#ifdef __XTENSA__
  const int16_t *p = a - 2, *q = b - 2;
  int32_t sum;
  __asm__ volatile(
      "movi %[sum], 0\n"
      "wsr %[sum], acclo\n"
      "wsr %[sum], acchi\n"
      "ldinc m0, %[p]\n"
      "ldinc m2, %[q]\n"
      "loopnez %[times], 1f\n"
      "mula.dd.ll.ldinc m1, %[p], m0, m2\n"
      "mula.dd.hh.ldinc m3, %[q], m0, m2\n"
      "mula.dd.ll.ldinc m0, %[p], m1, m3\n"
      "mula.dd.hh.ldinc m2, %[q], m1, m3\n"
      "1:\n"
      "rsr %[sum], acclo\n"
      : [sum] "=&r"(sum), [p] "+r"(p), [q] "+r"(q)
      : [times] "r"(count >> 2)
      : "memory");
  return sum;
#else
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
#endif
}

/* A high product as the last instruction of a hardware loop: the simulator's emulation must go back to the first. */
__attribute__((noinline)) static int32_t high_product_loop(int32_t a, int32_t b, int32_t count) {
#ifdef __XTENSA__
  int32_t sum = 0, high = 0;
  __asm__ volatile(
      "loopnez %[times], 1f\n"
      "add %[sum], %[sum], %[high]\n"
      "addi %[a], %[a], 1\n"
      "mulsh %[high], %[a], %[b]\n"
      "1:\n"
      : [sum] "+&r"(sum), [high] "+&r"(high), [a] "+&r"(a)
      : [b] "r"(b), [times] "r"(count));
  return sum + high;
#else
  int32_t sum = 0, high = 0;
  for (int32_t i = 0; i < count; ++i) {
    sum += high;
    high = (int32_t)(((int64_t)++a * b) >> 32);
  }
  return sum + high;
#endif
}

__attribute__((noinline)) static uint32_t leading_zeros(uint32_t value) {
#ifdef __XTENSA__
  uint32_t zeros;
  __asm__("nsau %0, %1" : "=r"(zeros) : "r"(value));
  return zeros;
#else
  return value == 0u ? 32u : (uint32_t)__builtin_clz(value);
#endif
}

__attribute__((noinline)) static int32_t clamp_to_int8(int32_t value) {
#ifdef __XTENSA__
  int32_t clamped;
  __asm__("clamps %0, %1, 7" : "=r"(clamped) : "r"(value));
  return clamped;
#else
  return value < -128 ? -128 : value > 127 ? 127 : value;
#endif
}

void eg_test_main(void) {
  static const int32_t kCounts[] = {0, 4, 8, 512, 1016};
  uint32_t state = 1;
  for (uint32_t i = 0; i < 1024u; ++i) {
    state = state * 1664525u + 1013904223u;
    left[i] = (int16_t)((int32_t)(state >> 20) - 2048);
    state = state * 1664525u + 1013904223u;
    right[i] = (int16_t)((int32_t)(state >> 24) - 128);
  }
  for (uint32_t i = 0; i < sizeof kCounts / sizeof kCounts[0]; ++i) {
    eg_test_result("dot product", (uint32_t)dot_product(left, right, kCounts[i]));
    eg_test_result("shifted dot product", (uint32_t)dot_product(left + 2, right + 4, kCounts[i]));
    eg_test_result("high products", (uint32_t)high_product_loop((int32_t)state, -kCounts[i] * 65537, kCounts[i]));
  }
  for (uint32_t i = 0; i < 33u; ++i) {
    eg_test_result("leading zeros", leading_zeros(i == 32u ? 0u : state >> i));
    eg_test_result("clamped", (uint32_t)clamp_to_int8((int32_t)(0x500u >> (i & 15u)) * ((i & 1u) != 0u ? -1 : 1)));
  }
}
