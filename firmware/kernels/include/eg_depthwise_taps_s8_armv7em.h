/* DEPTHWISE_CONV_2D in int8 for Armv7E-M: any window, two of its taps and four channels at a time. */
#ifndef EG_DEPTHWISE_TAPS_S8_ARMV7EM_H
#define EG_DEPTHWISE_TAPS_S8_ARMV7EM_H

#include <string.h>

#include "eg_depthwise_taps_body_armv7em.h"
#include "eg_dsp_armv7em.h"

/* One output pixel: `blocks` of four channels, at least 1.
 *
 * `offsets` holds 2 * `pairs` distances in bytes from `window` to its taps, 8-byte aligned; an odd last tap has any
 * partner, with the weight 0. `packed` holds for each block: 256 * bias of four channels; for each pair of taps the
 * weights of four channels as int16 lanes; four times multiplier (Q31), rounding, shift. The forms of requantisation
 * are told in requantize.py of edgegen's lowering. */
void eg_depthwise_taps_block_s8_armv7em(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                        int8_t* output, int32_t pairs, int32_t blocks);
void eg_depthwise_taps_block_relu_s8_armv7em(const int8_t* window, const int32_t* offsets, const int32_t* packed,
                                             int8_t* output, int32_t pairs, int32_t blocks);

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
  int32_t is_nine; /* whether eg_depthwise_nine_taps_armv7em serves */
  void (*block)(const int8_t* window, const int32_t* offsets, const int32_t* packed, int8_t* output, int32_t pairs,
                int32_t blocks);
} eg_depthwise_taps_armv7em_params;

/* Four channels of all taps of a window, those of the padding as the zero point; `count` channels from `c` on, in the
 * lowest bytes. */
EG_INLINE void eg_copy_taps_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input, int32_t top,
                                    int32_t left, int32_t c, int32_t count, uint32_t* copy) {
  const uint32_t pad = ((uint32_t)p->zero_point & 0xFFu) * 0x01010101u;
  const int32_t first = c + count - 4;
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const bool inside = y >= 0 && y < p->input_h && x >= 0 && x < p->input_w;
      const int8_t* from = input + (y * p->input_w + x) * p->channels + first;
      *copy++ = inside ? eg_load_word(from) >> (32 - 8 * count) : pad;
    }
  }
}

/* The sums of a 3x3 window whose columns and rows lie `column` and `row` bytes apart, in one pass. */
#define EG_DW_NINE_TAPS(requantize) \
  __asm__ volatile(                                                                                              \
      "push {r4-r11}\n"                                                                                          \
      "mov r12, #0xFF00FF00\n"                                                                                   \
      "1:\n"                                                                                                     \
      "ldmia r2!, {r4-r7}\n" EG_DW_TWO_TAPS("%[o0]", "%[o1]") EG_DW_TWO_TAPS("%[o2]", "%[o3]")                   \
          EG_DW_TWO_TAPS("%[o4]", "%[o5]") EG_DW_TWO_TAPS("%[o6]", "%[o7]") EG_DW_ONE_TAP("%[o8]")               \
      "add r0, r0, #4\n" requantize("r4") requantize("r5") requantize("r6") requantize("r7")                     \
      "cmp r3, r1\n"                                                                                             \
      "bne 1b\n"                                                                                                 \
      "pop {r4-r11}\n"                                                                                           \
      : "+r"(r0), "+r"(r2), "+r"(r3)                                                                             \
      : "r"(r1), [o0] "i"(0), [o1] "i"(column), [o2] "i"(2 * column), [o3] "i"(row), [o4] "i"(row + column),     \
        [o5] "i"(row + 2 * column), [o6] "i"(2 * row), [o7] "i"(2 * row + column), [o8] "i"(2 * row + 2 * column) \
      : "r12", "lr", "cc", "memory")

/* What `block` does, for a 3x3 window with distances known when it is compiled, at most 4095 in all. */
EG_INLINE void eg_depthwise_nine_taps_armv7em(bool is_relu, const int32_t column, const int32_t row,
                                              const int8_t* window, const int32_t* packed, int8_t* output,
                                              int32_t blocks) {
  register const int8_t* r0 __asm__("r0") = window;
  register const int8_t* const r1 __asm__("r1") = output + 4 * blocks;
  register const int32_t* r2 __asm__("r2") = packed;
  register int8_t* r3 __asm__("r3") = output;
  if (is_relu) {
    EG_DW_NINE_TAPS(EG_DW_TAPS_RELU);
  } else {
    EG_DW_NINE_TAPS(EG_DW_TAPS_LINEAR);
  }
}

/* Distances from the input to the taps of a window that reaches into the padding, which lies at `pad`. */
EG_INLINE void eg_padded_offsets_armv7em(const eg_depthwise_taps_armv7em_params* p, const int8_t* input,
                                         const int8_t* pad, int32_t top, int32_t left, int32_t* offsets) {
  int32_t* to = offsets;
  for (int32_t ky = 0; ky < p->filter_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    for (int32_t kx = 0; kx < p->filter_w; ++kx) {
      const int32_t x = left + kx * p->dilation_w;
      const bool inside = (uint32_t)y < (uint32_t)p->input_h && (uint32_t)x < (uint32_t)p->input_w;
      *to++ = inside ? (y * p->input_w + x) * p->channels : (int32_t)(pad - input);
    }
  }
  if (p->filter_h * p->filter_w % 2) *to = to[-1];
}

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
        eg_depthwise_nine_taps_armv7em(p->is_relu, p->dilation_w * p->channels,
                                       p->dilation_h * p->input_w * p->channels, window, packed, output, blocks);
      } else if (inside) {
        p->block(window, offsets, packed, output, pairs, blocks);
      } else {
        eg_padded_offsets_armv7em(p, input, pad, top, left, own_offsets);
        p->block(input, own_offsets, packed, output, pairs, blocks);
      }
      if (rest) {
        int8_t result[4];
        eg_copy_taps_armv7em(p, input, top, left, 4 * blocks, rest, copy);
        p->block((const int8_t*)copy, copy_offsets, packed + blocks * (4 * pairs + 16), result, pairs, 1);
        EG_UNROLL for (int32_t i = 0; i < rest; ++i) output[4 * blocks + i] = result[i];
      }
      output += p->channels;
    }
  }
}

#endif
