/* DEPTHWISE_CONV_2D in int8 for Armv7E-M: any window, two of its taps and four channels at a time. */
#ifndef EG_DEPTHWISE_TAPS_S8_ARMV7EM_H
#define EG_DEPTHWISE_TAPS_S8_ARMV7EM_H

#include <string.h>

#include "eg_depthwise_taps_body_armv7em.h"
#include "eg_dsp_armv7em.h"

/* One output pixel: `blocks` of four channels, at least 1.
 *
 * `offsets` holds 2 * `pairs` distances in bytes from `window` to its taps; an odd last tap has any partner, with the
 * weight 0. `packed` holds for each block: 256 * bias of four channels; for each pair of taps the bytes (channel 0, tap
 * 0), (1, 0), (0, 1), (1, 1) and the same of channels 2 and 3; in the relu forms a word, a byte for each channel; four
 * multipliers (Q31). The forms of requantisation are told in requantize.py of edgegen's lowering:
 * linear: 256 * bias has the right shift less 1 added; `zero` is 2 * zero_point + 1, `shift` is not used.
 * relu: the bytes are the right shifts less 1; `zero` is 2 * zero_point + 1, `shift` is not used.
 * shift: the bytes are what the roundings exceed `zero` by; `shift` is the right shift of all channels. */
typedef void (*eg_depthwise_taps_block_armv7em)(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                                int8_t* output, int32_t pairs, int32_t blocks, int32_t zero,
                                                int32_t shift);
void eg_depthwise_taps_block_s8_armv7em(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                        int8_t* output, int32_t pairs, int32_t blocks, int32_t zero, int32_t shift);
void eg_depthwise_taps_block_relu_s8_armv7em(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                             int8_t* output, int32_t pairs, int32_t blocks, int32_t zero,
                                             int32_t shift);
void eg_depthwise_taps_block_shift_s8_armv7em(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                              int8_t* output, int32_t pairs, int32_t blocks, int32_t zero,
                                              int32_t shift);

typedef struct {
  int32_t input_h;
  int32_t input_w;
  int32_t channels;
  int32_t filter_h;
  int32_t filter_w;
  int32_t output_h;
  int32_t output_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_h;
  int32_t pad_w;
  int32_t zero_point; /* of the input: what padding reads as */
  int32_t is_relu;
  int32_t is_nine;     /* whether eg_depthwise_nine_taps_armv7em serves */
  int32_t block_words; /* constants of four channels */
  int32_t zero;        /* as `block` takes them; */
  int32_t shift;       /* 0 where channels have their own */
  eg_depthwise_taps_block_armv7em block;
} eg_depthwise_taps_armv7em_params;

/* Four channels of all taps of a window, those of the padding as the zero point; `count` channels from `c` on, in the
 * lowest bytes. */
void eg_copy_taps_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input, int32_t top, int32_t left,
                          int32_t c, int32_t count, uint32_t* copy);

/* The sums of a 3x3 window whose columns and rows lie `column` and `row` bytes apart, in one pass. */
#define EG_DW_NINE_TAPS(requantize)                                                                                \
  __asm__ volatile(                                                                                                \
      "push {r4-r11}\n"                                                                                            \
      "push {r3}\n"                                                                                                \
      "1:\n"                                                                                                       \
      "ldmia r2!, {r4-r7}\n"                                                                                       \
      "mov r12, #0xFF00FF00\n" EG_DW_TWO_TAPS("%[o0]", "%[o1]") EG_DW_TWO_TAPS("%[o2]", "%[o3]") EG_DW_TWO_TAPS(   \
          "%[o4]", "%[o5]") EG_DW_TWO_TAPS("%[o6]", "%[o7]") EG_DW_ONE_TAP("%[o8]") "add r0, r0, #4\n" requantize  \
                                                                                    "ldr r3, [sp]\n"               \
                                                                                    "cmp r1, r3\n"                 \
                                                                                    "bne 1b\n"                     \
                                                                                    "add sp, sp, #4\n"             \
                                                                                    "pop {r4-r11}\n"               \
      : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                                                     \
      : [o0] "i"(0), [o1] "i"(column), [o2] "i"(2 * column), [o3] "i"(row), [o4] "i"(row + column),                \
        [o5] "i"(row + 2 * column), [o6] "i"(2 * row), [o7] "i"(2 * row + column), [o8] "i"(2 * row + 2 * column), \
        [zero] "i"(shift ? 0 : zero), [minus] "i"(shift ? -zero : 0), [shift] "i"(shift ? shift : 1)               \
      : "r12", "lr", "cc", "memory")
#define EG_DW_SET_ZERO "mov lr, %[zero]\n"
#define EG_DW_SET_BASE  \
  "mov r12, %[minus]\n" \
  "rsb r12, r12, #0\n"
#define EG_DW_BY_CONSTANT(acc) "ssat " acc ", #8, " acc ", asr %[shift]\n"

/* What `block` does, for a 3x3 window with distances known when it is compiled, at most 4095 in all. */
EG_INLINE void eg_depthwise_nine_taps_armv7em(bool is_relu, const int32_t zero, const int32_t shift,
                                              const int32_t column, const int32_t row, const int8_t* window,
                                              const int32_t* packed, int8_t* output, int32_t blocks) {
  register const int8_t* r0 __asm__("r0") = window;
  register int8_t* r1 __asm__("r1") = output;
  register const int32_t* r2 __asm__("r2") = packed;
  register const int8_t* r3 __asm__("r3") = output + 4 * blocks;
  if (shift) {
    EG_DW_NINE_TAPS(EG_DW_SHIFT(EG_DW_SET_BASE, EG_DW_BY_CONSTANT));
  } else if (is_relu) {
    EG_DW_NINE_TAPS(EG_DW_RELU(EG_DW_SET_ZERO));
  } else {
    EG_DW_NINE_TAPS(EG_DW_LINEAR(EG_DW_SET_ZERO));
  }
}

/* All whole blocks of an output pixel whose window reaches into the padding. scratch: distances from the input to the
 * window's taps, then 4 * blocks bytes of padding. */
void eg_depthwise_padded_pixel_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input, int32_t top,
                                       int32_t left, const int32_t* packed, int8_t* output, int32_t* scratch);

/* At least four channels, one batch. `offsets` are those of the taps in the input, `copy_offsets` those in a copy of
 * four channels. scratch: offsets of one window, channels bytes of padding, that copy with four bytes for each tap. */
EG_INLINE void eg_depthwise_taps_s8_armv7em(const eg_depthwise_taps_armv7em_params* p, const int32_t* offsets,
                                            const int32_t* copy_offsets, const int8_t* input, const int32_t* packed,
                                            int8_t* output, void* scratch) {
  const int32_t pairs = (p->filter_h * p->filter_w + 1) / 2, blocks = p->channels / 4, rest = p->channels % 4;
  int32_t* const own_offsets = (int32_t*)scratch;
  int8_t* const pad = (int8_t*)(own_offsets + 2 * pairs);
  uint32_t* const copy = (uint32_t*)pad + blocks;
  memset(pad, p->zero_point, (size_t)(4 * blocks));
  for (int32_t y = 0; y < p->output_h; ++y) {
    const int32_t top = y * p->stride_h - p->pad_h;
    for (int32_t x = 0; x < p->output_w; ++x) {
      const int32_t left = x * p->stride_w - p->pad_w;
      const bool inside = top >= 0 && left >= 0 && top + (p->filter_h - 1) * p->dilation_h < p->input_h &&
                          left + (p->filter_w - 1) * p->dilation_w < p->input_w;
      const int8_t* const window = input + (inside ? (top * p->input_w + left) * p->channels : 0);
      if (inside && p->is_nine) {
        eg_depthwise_nine_taps_armv7em(p->is_relu, p->zero, p->shift, p->dilation_w * p->channels,
                                       p->dilation_h * p->input_w * p->channels, window, packed, output, blocks);
      } else if (inside) {
        p->block(window, offsets, packed, output, pairs, blocks, p->zero, p->shift);
      } else {
        eg_depthwise_padded_pixel_armv7em(p, input, top, left, packed, output, own_offsets);
      }
      if (rest) {
        int8_t result[4];
        eg_copy_taps_armv7em(p, input, top, left, 4 * blocks, rest, copy);
        p->block((const int8_t*)copy, copy_offsets, packed + blocks * p->block_words, result, pairs, 1, p->zero,
                 p->shift);
        EG_UNROLL for (int32_t i = 0; i < rest; ++i) output[4 * blocks + i] = result[i];
      }
      output += p->channels;
    }
  }
}

#endif
