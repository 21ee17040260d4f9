#include "eg_depthwise_pixel_s8_xtensa_mac16.h"

/* 256 times the sum of products of values `step` apart with weights behind `quant`, and what it starts with. One word
 * behind the weights is read. */
static int32_t dot(const int8_t* input, int32_t step, int32_t taps, const int32_t* quant) {
  const int32_t* weights = quant + 3;
  int32_t sum = quant[0], value;
  __asm__ volatile(
      "wsr %[sum], acclo\n"
      "ldinc m0, %[weights]\n"
      "loopnez %[pairs], 1f\n"
      "l8ui %[value], %[input], 0\n"
      "add %[input], %[input], %[step]\n"
      "l8ui %[sum], %[input], 0\n"
      "add %[input], %[input], %[step]\n"
      "slli %[value], %[value], 8\n"
      "slli %[sum], %[sum], 8\n"
      "mula.da.ll m0, %[value]\n"
      "mula.da.hl.ldinc m0, %[weights], m0, %[sum]\n"
      "1:\n"
      "beqz %[odd], 2f\n"
      "l8ui %[value], %[input], 0\n"
      "slli %[value], %[value], 8\n"
      "mula.da.ll m0, %[value]\n"
      "2:\n"
      "rsr %[sum], acclo\n"
      : [input] "+&r"(input), [weights] "+&r"(weights), [sum] "+&r"(sum), [value] "=&r"(value)
      : [step] "r"(step), [pairs] "r"(taps / 2), [odd] "r"(taps % 2)
      : EG_STATE_MAC16, "memory");
  return sum;
}

void eg_depthwise_pixel_s8_xtensa_mac16(int32_t taps, int32_t channels, int32_t is_signed, const int8_t* input,
                                        const int32_t* packed, int8_t* output) {
  for (int8_t* const end = output + channels; output != end; packed += 4 + (taps + 1) / 2) {
    *output++ = eg_scale_mac16(dot(input++, channels, taps, packed), packed, is_signed != 0);
  }
}
