/* DEPTHWISE_CONV_2D in int8 for Armv7E-M: 3x3, stride 1, padding 1 on all sides, in the relu form. */
#ifndef EG_DEPTHWISE_3X3_S8_ARMV7EM_H
#define EG_DEPTHWISE_3X3_S8_ARMV7EM_H

#include "eg_dsp_armv7em.h"

/* A line of pairs of neighbouring values, `count` of them, one from `first` and one from `second`, which advance by
 * their steps. Four channels are read as a word that is shifted right by `drop` bits, which makes the first the lowest
 * byte. They are written as lanes 256 * value (first in the low one), two words apart, the next channel `plane` bytes
 * behind. */
void eg_depthwise_stage_s8_armv7em(const int8_t* first, int32_t first_step, const int8_t* second, int32_t second_step,
                                   int32_t count, int32_t drop, uint32_t* to, int32_t plane);

/* Four planes of lines: both pairs of the columns in front and behind, with four bytes at `pad`. */
void eg_depthwise_pads_s8_armv7em(const int8_t* pad, uint32_t* staged, int32_t plane);

/* Part of a line's code, not for C: r2 to the constants that are told at EG_DW_LOAD_COMMON. Leaves weights in r4-r9,
 * 256 * bias in r10, the multiplier in r3 and what is its own of the rounding in r11. */
void eg_depthwise_weights_s8_armv7em(void);

/* One column of the window: A, the pair above, is in `a`, B, the pair below, in `b`; P holds (w0, w1), Q (w1, w2).
 * Upper output: A * P + B.low * w2; lower output: A.high * w0 + B * Q. */
#define EG_DW_UPPER(a, b, p, q, start) \
  "smlad r12, " a ", " p ", " start    \
  "\n"                                 \
  "smlabt r12, " b ", " q ", r12\n"
#define EG_DW_LOWER(a, b, p, q, start) \
  "smlatb lr, " a ", " p ", " start    \
  "\n"                                 \
  "smlad lr, " b ", " q ", lr\n"
#define EG_DW_NO_LOWER(a, b, p, q, start)

/* A channel's constants, at r2, to weights in r4-r9, 256 * bias in r10, and on the stack multiplier and rounding, or
 * multiplier, shift, rounding and bias. With columns a, b, c of three weights each, the common form has four words:
 * bytes a0, b0, a1, b1; bytes c0, c1, a2, b2; c2 below the low 24 bits of the multiplier; the rest of the multiplier
 * below 24 bits of bias. The rounding is one of all channels plus the multiplier's highest bit, 24 places lower. */
#define EG_DW_LOAD_COMMON                \
  "bl eg_depthwise_weights_s8_armv7em\n" \
  "sub r11, r11, %[minus]\n"             \
  "push {r3, r11}\n"
#define EG_DW_DROP_COMMON "add sp, sp, #8\n"

/* The other form: for each column a word of bytes w0, w1, w1, w2; 256 * bias; multiplier, right shift, rounding. */
#define EG_DW_LOAD_OWN             \
  "ldmia r2!, {r4, r6, r8, r10}\n" \
  "ldmia r2, {r3, r5, r9}\n"       \
  "push {r3, r5, r9, r10}\n"       \
  "sxtb16 r5, r4, ror #8\n"        \
  "sxtb16 r4, r4\n"                \
  "sxtb16 r7, r6, ror #8\n"        \
  "sxtb16 r6, r6\n"                \
  "sxtb16 r9, r8, ror #8\n"        \
  "sxtb16 r8, r8\n"
#define EG_DW_DROP_OWN "add sp, sp, #16\n"

/* Requantises and stores the upper sum in r12 and the lower one in lr. */
#define EG_DW_STORE_COMMON        \
  "ldrd r3, r11, [sp]\n"          \
  "smmla r12, r12, r3, r11\n"     \
  "ssat r12, #8, r12, asr %[s]\n" \
  "strb r12, [r1]\n"
#define EG_DW_STORE_BOTH_COMMON \
  EG_DW_STORE_COMMON            \
  "smmla lr, lr, r3, r11\n"     \
  "ssat lr, #8, lr, asr %[s]\n" \
  "strb lr, [r1, %[row]]\n"
#define EG_DW_STORE_OWN       \
  "ldm sp, {r3, r10, r11}\n"  \
  "smmla r12, r12, r3, r11\n" \
  "asr r12, r12, r10\n"       \
  "ssat r12, #8, r12\n"       \
  "strb r12, [r1]\n"
#define EG_DW_STORE_BOTH_OWN \
  EG_DW_STORE_OWN            \
  "smmla lr, lr, r3, r11\n"  \
  "asr lr, lr, r10\n"        \
  "ssat lr, #8, lr\n"        \
  "strb lr, [r1, %[row]]\n"
#define EG_DW_NEXT_COMMON
#define EG_DW_NEXT_OWN "ldr r10, [sp, #12]\n"

/* A line of outputs of one channel, or of two lines. r0: staged pairs, two words per column; r1: output; r2: the
 * channel's constants. a and b are r3 and r11, the order of the two pairs in a column. */
#define EG_DW_LINE(a, b, lower, both, form)                                                                       \
  __asm__ volatile(                                                                                               \
      "push {r4-r11}\n" EG_DW_LOAD_##form                                                                         \
      "add r2, r0, %[bytes]\n"                                                                                    \
      "1:\n"                                                                                                      \
      "ldrd r3, r11, [r0], #8\n" EG_DW_UPPER(a, b, "r4", "r5", "r10")                                             \
          lower(a, b, "r4", "r5", "r10") "ldrd r3, r11, [r0]\n" EG_DW_UPPER(a, b, "r6", "r7", "r12")              \
              lower(a, b, "r6", "r7", "lr") "ldrd r3, r11, [r0, #8]\n" EG_DW_UPPER(a, b, "r8", "r9", "r12")       \
                  lower(a, b, "r8", "r9", "lr") EG_DW_STORE##both##form "add r1, r1, %[step]\n" EG_DW_NEXT_##form \
      "cmp r0, r2\n"                                                                                              \
      "bne 1b\n" EG_DW_DROP_##form "pop {r4-r11}\n"                                                               \
      : "+r"(r0), "+r"(r1), "+r"(r2)                                                                              \
      : [bytes] "i"(8 * along), [step] "i"(along_bytes), [row] "i"(across_bytes), [s] "i"(shift ? shift : 1),     \
        [minus] "i"(shift ? 255 << (shift - 1) : 0)                                                               \
      : "r3", "r12", "lr", "cc", "memory")
#define EG_DW_LINES(form)                               \
  if (lower && swapped) {                               \
    EG_DW_LINE("r11", "r3", EG_DW_LOWER, _BOTH_, form); \
  } else if (lower) {                                   \
    EG_DW_LINE("r3", "r11", EG_DW_LOWER, _BOTH_, form); \
  } else if (swapped) {                                 \
    EG_DW_LINE("r11", "r3", EG_DW_NO_LOWER, _, form);   \
  } else {                                              \
    EG_DW_LINE("r3", "r11", EG_DW_NO_LOWER, _, form);   \
  }

/* `along` outputs of one channel, and as many in the line below if `lower`. `swapped`: the pair below lies in front of
 * the pair above. `shift` is the right shift of all channels, or 0 where each has its own. */
EG_INLINE void eg_depthwise_line_armv7em(const uint32_t* staged, int8_t* output, const int32_t* constants, bool lower,
                                         bool swapped, const int32_t along, const int32_t along_bytes,
                                         const int32_t across_bytes, const int32_t shift) {
  register const uint32_t* r0 __asm__("r0") = staged;
  register int8_t* r1 __asm__("r1") = output;
  register const int32_t* r2 __asm__("r2") = constants;
  if (shift) {
    EG_DW_LINES(COMMON)
  } else {
    EG_DW_LINES(OWN)
  }
}

/* Lines run along one axis of the image, of `along` values that lie `along_bytes` apart; two lines at a time, there are
 * `across` of them. Four channels after four: their values are staged in scratch, 32 * (along + 2) bytes, so the output
 * may be the input. `channels` is at least 4. `packed` is told at EG_DW_LINE. */
EG_INLINE void eg_depthwise_3x3_s8_armv7em(int32_t along, int32_t along_bytes, int32_t across, int32_t across_bytes,
                                           int32_t channels, int32_t zero_point, int32_t shift, const int8_t* input,
                                           const int32_t* packed, int8_t* output, void* scratch) {
  const int32_t plane = 2 * (along + 2), plane_bytes = 8 * (along + 2), words = shift ? 4 : 7;
  const uint32_t pad_word = ((uint32_t)zero_point & 0xFFu) * 0x01010101u;
  const int8_t* const pad = (const int8_t*)&pad_word;
  uint32_t* const staged = (uint32_t*)scratch;
  uint32_t* const inner = staged + 2;
  eg_depthwise_pads_s8_armv7em(pad, staged, plane);
  for (int32_t c = 0; c < channels; c += 4) {
    const int32_t count = channels - c < 4 ? channels - c : 4, drop = 32 - 8 * count;
    const int8_t* line = input + c + count - 4;
    int8_t* to = output + c;
    eg_depthwise_stage_s8_armv7em(pad, 0, line, along_bytes, along, drop, inner, plane_bytes);
    bool swapped = false;
    for (int32_t y = 0; y + 2 <= across; y += 2) {
      const bool has_second = y + 2 < across;
      eg_depthwise_stage_s8_armv7em(line + across_bytes, along_bytes, has_second ? line + 2 * across_bytes : pad,
                                    has_second ? along_bytes : 0, along, drop, inner + !swapped, plane_bytes);
      line += 2 * across_bytes;
      for (int32_t i = 0; i < count; ++i) {
        const int32_t* const constants = packed + words * (c + i);
        if (swapped) {
          eg_depthwise_line_armv7em(staged + i * plane, to + i, constants, true, true, along, along_bytes, across_bytes,
                                    shift);
        } else {
          eg_depthwise_line_armv7em(staged + i * plane, to + i, constants, true, false, along, along_bytes,
                                    across_bytes, shift);
        }
      }
      to += 2 * across_bytes;
      swapped = !swapped;
    }
    if (across % 2) {
      const bool odd = across / 2 % 2;
      eg_depthwise_stage_s8_armv7em(pad, 0, pad, 0, along, 0, inner + !odd, plane_bytes);
      for (int32_t i = 0; i < count; ++i) {
        eg_depthwise_line_armv7em(staged + i * plane, to + i, packed + words * (c + i), false, odd, along, along_bytes,
                                  across_bytes, shift);
      }
    }
  }
}

#endif
