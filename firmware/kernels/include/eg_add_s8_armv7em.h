/* ADD and SUB of int8 tensors of one shape for Armv7E-M, where they are a linear function of two bytes. */
#ifndef EG_ADD_S8_ARMV7EM_H
#define EG_ADD_S8_ARMV7EM_H

#include "eg_dsp_armv7em.h"

/* One of four elements: `x` and `y` take the bytes at `turn` of two words. */
#define EG_ADD_ONE(turn)            \
  "sxtb %[x], %[first]" turn        \
  "\n"                              \
  "sxtb %[y], %[second]" turn       \
  "\n"                              \
  "mla %[x], %[x], %[a], %[c]\n"    \
  "mla %[x], %[y], %[b], %[x]\n"    \
  "ssat %[x], #8, %[x], asr %[s]\n" \
  "strb %[x], [%[to]], #1\n"

/* output = (a * left + b * right + c) >> shift, saturated; no intermediate sum exceeds 32 bits. `count` elements, at
 * least 4; the output may begin at either input or below it. */
EG_INLINE void eg_add_s8_armv7em(int32_t a, int32_t b, int32_t c, const int32_t shift, int32_t count,
                                 const int8_t* left, const int8_t* right, int8_t* output) {
  const int8_t* const end = left + count / 4 * 4;
  uint32_t first, second;
  int32_t x, y;
  __asm__ volatile(
      "1:\n"
      "ldr %[first], [%[left]], #4\n"
      "ldr %[second], [%[right]], #4\n" EG_ADD_ONE("") EG_ADD_ONE(", ror #8") EG_ADD_ONE(", ror #16")
          EG_ADD_ONE(", ror #24")
      "cmp %[left], %[end]\n"
      "bne 1b\n"
      : [left] "+&r"(left), [right] "+&r"(right), [to] "+&r"(output), [first] "=&r"(first), [second] "=&r"(second),
        [x] "=&r"(x), [y] "=&r"(y)
      : [a] "r"(a), [b] "r"(b), [c] "r"(c), [end] "r"(end), [s] "i"(shift)
      : "cc", "memory");
  for (int32_t i = 0; i < count % 4; ++i)
    output[i] = (int8_t)eg_clamp((a * left[i] + b * right[i] + c) >> shift, -128, 127);
}

#endif
