/* Instructions of Armv7E-M's DSP extension that C has no operators for. */
#ifndef EG_DSP_ARMV7EM_H
#define EG_DSP_ARMV7EM_H

#include "eg_common.h"

/* Before a short loop with a constant number of rounds: the compiler is otherwise told not to unroll. */
#if defined(__clang__)
#define EG_UNROLL _Pragma("clang loop unroll(full)")
#else
#define EG_UNROLL _Pragma("GCC unroll 16")
#endif

/* Four bytes at any address: LDR, unlike LDRD and LDM, needs no alignment on these cores. */
EG_INLINE uint32_t eg_load_word(const int8_t* from) {
  uint32_t word;
  __asm__("ldr %0, [%1]" : "=r"(word) : "r"(from), "m"(*(const int8_t (*)[4])from));
  return word;
}

EG_INLINE void eg_store_word(int8_t* to, uint32_t word) {
  __asm__("str %1, [%2]" : "=m"(*(int8_t (*)[4])to) : "r"(word), "r"(to));
}

/* Bytes 0 and 2, or 1 and 3, as int16 lanes. */
EG_INLINE uint32_t eg_sxtb16(uint32_t x) {
  uint32_t y;
  __asm__("sxtb16 %0, %1" : "=r"(y) : "r"(x));
  return y;
}

EG_INLINE uint32_t eg_sxtb16_ror8(uint32_t x) {
  uint32_t y;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(y) : "r"(x));
  return y;
}

/* The low halves, or the high halves, of x and y: x in the low lane. */
EG_INLINE uint32_t eg_pack_low(uint32_t x, uint32_t y) {
  uint32_t z;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(z) : "r"(x), "r"(y));
  return z;
}

EG_INLINE uint32_t eg_pack_high(uint32_t x, uint32_t y) {
  uint32_t z;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(z) : "r"(y), "r"(x));
  return z;
}

#endif
