/* Inline assembly that the kernels for Xtensa LX6 share: int8 values widened for the 16-bit multiplier (MAC16).
 *
 * A widened value stands in the high byte of its 16 bits, value * 256: so no sign has to be extended. Values go in
 * words of two, which MAC16 loads and multiplies in one instruction. Two orders are in use:
 *   words: in groups of four, 0 2 1 3; the last group may hold up to three values of whatever comes next;
 *   bytes: as they come. */
#ifndef EG_XTENSA_MAC16_H
#define EG_XTENSA_MAC16_H

#include "eg_common.h"

/* What the assembly overwrites and each compiler has a name for: gcc never keeps a value in the shift amount register,
 * clang never one in the accumulator. */
#if defined(__clang__)
#define EG_STATE_MAC16 "sar"
#else
#define EG_STATE_MAC16 "acc"
#endif

/* Widens `groups` (not 0) groups of four values from a multiple of four in words order; returns the end. */
EG_INLINE int16_t* eg_widen_aligned_mac16(const int8_t* from, int32_t groups, int16_t* to) {
  uint32_t low, high;
  __asm__ volatile(
      "loopnez %[groups], 1f\n"
      "l32i %[high], %[from], 0\n"
      "addi %[from], %[from], 4\n"
      "slli %[low], %[high], 8\n"
      "and %[high], %[high], %[mask]\n"
      "and %[low], %[low], %[mask]\n"
      "s32i %[high], %[to], 4\n"
      "s32i %[low], %[to], 0\n"
      "addi %[to], %[to], 8\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [low] "=&r"(low), [high] "=&r"(high)
      : [groups] "r"(groups), [mask] "r"(0xFF00FF00u)
      : "memory");
  return to;
}

/* The same from any address. Reads whole words: up to seven bytes behind the last value. */
EG_INLINE int16_t* eg_widen_unaligned_mac16(const int8_t* from, int32_t groups, int16_t* to) {
  uint32_t low, high, word, next;
  __asm__ volatile(
      "ssa8l %[from]\n"
      "srli %[from], %[from], 2\n"
      "slli %[from], %[from], 2\n"
      "l32i %[word], %[from], 0\n"
      "loopnez %[groups], 1f\n"
      "l32i %[next], %[from], 4\n"
      "addi %[from], %[from], 4\n"
      "src %[high], %[next], %[word]\n"
      "mov %[word], %[next]\n"
      "slli %[low], %[high], 8\n"
      "and %[high], %[high], %[mask]\n"
      "and %[low], %[low], %[mask]\n"
      "s32i %[high], %[to], 4\n"
      "s32i %[low], %[to], 0\n"
      "addi %[to], %[to], 8\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [low] "=&r"(low), [high] "=&r"(high), [word] "=&r"(word), [next] "=&r"(next)
      : [groups] "r"(groups), [mask] "r"(0xFF00FF00u)
      : EG_STATE_MAC16, "memory");
  return to;
}

/* Widens `count` values that lie `from_step` bytes apart, to places `to_step` bytes apart. */
EG_INLINE void eg_widen_strided_mac16(const int8_t* from, int32_t from_step, int32_t count, int16_t* to,
                                      int32_t to_step) {
  uint32_t value;
  __asm__ volatile(
      "loopnez %[count], 1f\n"
      "l8ui %[value], %[from], 0\n"
      "add %[from], %[from], %[from_step]\n"
      "slli %[value], %[value], 8\n"
      "s16i %[value], %[to], 0\n"
      "add %[to], %[to], %[to_step]\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [value] "=&r"(value)
      : [count] "r"(count), [from_step] "r"(from_step), [to_step] "r"(to_step)
      : "memory");
}

/* Widens `count` values that lie `from_step` bytes apart, in bytes order. */
EG_INLINE void eg_widen_line_mac16(const int8_t* from, int32_t from_step, int32_t count, int16_t* to) {
  uint32_t a, b;
  __asm__ volatile(
      "loopnez %[fours], 1f\n"
      "l8ui %[a], %[from], 0\n"
      "add %[from], %[from], %[step]\n"
      "l8ui %[b], %[from], 0\n"
      "add %[from], %[from], %[step]\n"
      "slli %[a], %[a], 8\n"
      "slli %[b], %[b], 8\n"
      "s16i %[a], %[to], 0\n"
      "s16i %[b], %[to], 2\n"
      "l8ui %[a], %[from], 0\n"
      "add %[from], %[from], %[step]\n"
      "l8ui %[b], %[from], 0\n"
      "add %[from], %[from], %[step]\n"
      "slli %[a], %[a], 8\n"
      "slli %[b], %[b], 8\n"
      "s16i %[a], %[to], 4\n"
      "s16i %[b], %[to], 6\n"
      "addi %[to], %[to], 8\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [a] "=&r"(a), [b] "=&r"(b)
      : [fours] "r"(count / 4), [step] "r"(from_step)
      : "memory");
  eg_widen_strided_mac16(from, from_step, count % 4, to, 2);
}

/* Widens `count` triples of adjacent values. */
EG_INLINE void eg_widen_triples_mac16(const int8_t* from, int32_t from_step, int32_t count, int16_t* to,
                                      int32_t to_step) {
  uint32_t a, b, c;
  __asm__ volatile(
      "loopnez %[count], 1f\n"
      "l8ui %[a], %[from], 0\n"
      "l8ui %[b], %[from], 1\n"
      "l8ui %[c], %[from], 2\n"
      "add %[from], %[from], %[from_step]\n"
      "slli %[a], %[a], 8\n"
      "slli %[b], %[b], 8\n"
      "slli %[c], %[c], 8\n"
      "s16i %[a], %[to], 0\n"
      "s16i %[b], %[to], 2\n"
      "s16i %[c], %[to], 4\n"
      "add %[to], %[to], %[to_step]\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c)
      : [count] "r"(count), [from_step] "r"(from_step), [to_step] "r"(to_step)
      : "memory");
}

/* Takes `groups` (not 0) groups of four weights from bytes to 16 bits; eg_gemm_s8_xtensa_mac16.h tells how they are
 * kept. The carry from the low to the high half makes up for the 1 that is missing. Returns the end. */
EG_INLINE const int32_t* eg_widen_weights_mac16(const int32_t* from, int32_t groups, int32_t* to) {
  uint32_t a, b;
  __asm__ volatile(
      "loopnez %[groups], 1f\n"
      "l32i %[b], %[from], 0\n"
      "addi %[from], %[from], 4\n"
      "and %[a], %[b], %[mask]\n"
      "srli %[b], %[b], 8\n"
      "and %[b], %[b], %[mask]\n"
      "add %[a], %[a], %[less]\n"
      "add %[b], %[b], %[less]\n"
      "s32i %[a], %[to], 0\n"
      "s32i %[b], %[to], 4\n"
      "addi %[to], %[to], 8\n"
      "1:\n"
      : [from] "+&r"(from), [to] "+&r"(to), [a] "=&r"(a), [b] "=&r"(b)
      : [groups] "r"(groups), [mask] "r"(0x00FF00FFu), [less] "r"(0xFF80FF80u)
      : "memory");
  return from;
}

/* Fills `count` values with one. */
EG_INLINE int16_t* eg_fill_mac16(int16_t* to, int32_t value, int32_t count) {
  for (; count > 0; --count) *to++ = (int16_t)value;
  return to;
}

/* The output value of a sum; `quant` as in eg_gemm_s8_xtensa_mac16.h. */
EG_INLINE int8_t eg_scale_mac16(int32_t sum, const int32_t* quant, bool is_signed) {
  int32_t scaled = (int32_t)(((int64_t)sum * quant[1]) >> 32);
  if (is_signed && sum < 0) scaled -= 128;
  return (int8_t)eg_clamp((scaled + quant[2]) >> quant[3], -128, 127);
}

#endif
