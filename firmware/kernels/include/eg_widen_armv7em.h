/* int8 values of three pixels to the int16 columns that Armv7E-M's products read. */
#ifndef EG_WIDEN_ARMV7EM_H
#define EG_WIDEN_ARMV7EM_H

#include <string.h>

#include "eg_dsp_armv7em.h"

enum { EG_PIXELS = 3, EG_STEP_WORDS = 6 };

#define EG_WIDEN_FOUR        \
  "ldr r4, [%[a]], #4\n"     \
  "ldr r5, [%[b]], #4\n"     \
  "ldr r8, [%[c]], #4\n"     \
  "sxtb16 r9, r4, ror #8\n"  \
  "sxtb16 r10, r5, ror #8\n" \
  "sxtb16 r11, r8, ror #8\n" \
  "sxtb16 r4, r4\n"          \
  "sxtb16 r5, r5\n"          \
  "sxtb16 r8, r8\n"          \
  "stmia %[to]!, {r4, r5, r8, r9, r10, r11}\n"

/* `fours` > 0 times four values of three pixels, at any address, in the layout that eg_gemm_3x2_s8_armv7em reads;
 * returns the columns' end. */
EG_INLINE int32_t* eg_widen_fours_armv7em(const int8_t* a, const int8_t* b, const int8_t* c, int32_t fours,
                                          int32_t* to) {
  if (fours % 2) {
    __asm__ volatile(EG_WIDEN_FOUR
                     : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [to] "+&r"(to)
                     :
                     : "r4", "r5", "r8", "r9", "r10", "r11", "memory");
  }
  if (fours / 2) {
    const int32_t* const end = to + fours / 2 * 2 * EG_STEP_WORDS;
    __asm__ volatile("1:\n" EG_WIDEN_FOUR EG_WIDEN_FOUR
                     "cmp %[to], %[end]\n"
                     "bne 1b\n"
                     : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [to] "+&r"(to)
                     : [end] "r"(end)
                     : "r4", "r5", "r8", "r9", "r10", "r11", "cc", "memory");
  }
  return to;
}

/* Four values of three pixels, given as words. */
EG_INLINE void eg_widen_words_armv7em(const uint32_t words[EG_PIXELS], int32_t* to) {
  EG_UNROLL for (int32_t i = 0; i < EG_PIXELS; ++i) {
    to[i] = (int32_t)eg_sxtb16(words[i]);
    to[EG_PIXELS + i] = (int32_t)eg_sxtb16_ror8(words[i]);
  }
}

/* Any `count` of values: a last group of less than four is filled with zeros. */
EG_INLINE void eg_widen_armv7em(const int8_t* const from[EG_PIXELS], int32_t count, int32_t* to) {
  const int32_t whole = count / 4 * 4;
  if (whole) to = eg_widen_fours_armv7em(from[0], from[1], from[2], whole / 4, to);
  if (count % 4) {
    uint32_t words[EG_PIXELS] = {0, 0, 0};
    EG_UNROLL for (int32_t i = 0; i < EG_PIXELS; ++i) memcpy(&words[i], from[i] + whole, (size_t)(count % 4));
    eg_widen_words_armv7em(words, to);
  }
}

#endif
