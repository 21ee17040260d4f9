#include "eg_fully_connected_s8_rv32im.h"

/* Registers: a0 input, a1 weights, a2 end of the run, a3 32768, a4 0x00FF00FF, a5 0x00800080, a6 sum of inputs, a7
 * input, t0 to t3 sums of channels 0 and 1, 2 and 3, 4 and 5, 6 and 7, t4 and t5 weights and products. */

/* clang-format off */
#define EG_UNPACK(at) \
  "lw t4, " #at "(a1)\n" \
  "srli t5, t4, 8\n" \
  "and t4, t4, a4\n" \
  "and t5, t5, a4\n"

#define EG_FIRST \
  "lb a6, 0(a0)\n" \
  EG_UNPACK(0) \
  "mul t0, t4, a6\n" \
  "mul t1, t5, a6\n" \
  EG_UNPACK(4) \
  "mul t2, t4, a6\n" \
  "mul t3, t5, a6\n"

#define EG_NEXT(i) \
  "lb a7, " #i "(a0)\n" \
  EG_UNPACK(8 * i) \
  "mul t4, t4, a7\n" \
  "mul t5, t5, a7\n" \
  "add t0, t0, t4\n" \
  "add t1, t1, t5\n" \
  EG_UNPACK(8 * i + 4) \
  "mul t4, t4, a7\n" \
  "mul t5, t5, a7\n" \
  "add t2, t2, t4\n" \
  "add t3, t3, t5\n" \
  "add a6, a6, a7\n"

/* Removes the 128 of the weights, then takes the sums apart; the lower part lies in [0, 65536) thanks to 32768 more. */
#define EG_SPLIT(sum, upper, raw) \
  "add " #sum ", " #sum ", a6\n" \
  "srai t4, " #sum ", 16\n" \
  "add " raw ", " raw ", " #sum "\n" \
  "add " upper ", " upper ", t4\n"

#define EG_SPLITS \
  "mul a6, a6, a5\n" \
  "sub a6, a3, a6\n" \
  EG_SPLIT(t0, "%0", "%4") EG_SPLIT(t1, "%1", "%5") EG_SPLIT(t2, "%2", "%6") EG_SPLIT(t3, "%3", "%7")

/* A run of groups of `size` inputs; `rest` are the steps behind the first. */
#define EG_RUN(size, rest) \
  "lw a2, 0(a1)\n" \
  "addi a1, a1, 4\n" \
  "beqz a2, 2f\n" \
  "add a2, a2, a0\n" \
  "1:\n" \
  EG_FIRST rest EG_SPLITS \
  "addi a0, a0, " #size "\n" \
  "addi a1, a1, 8*" #size "\n" \
  "bne a0, a2, 1b\n" \
  "2:\n"
/* clang-format on */

/* Eight channels of one pixel, of which `count` are stored; returns the constants behind. */
static const uint32_t* eight_channels(const eg_fully_connected_rv32im_params* p, const int8_t* input,
                                      const uint32_t* packed, int32_t count, int8_t* output) {
  const int8_t* const end = input + p->depth;
  uint32_t upper0 = 0, upper1 = 0, upper2 = 0, upper3 = 0, raw0 = 0, raw1 = 0, raw2 = 0, raw3 = 0;
  register const int8_t* at __asm__("a0") = input;
  register const uint32_t* weights __asm__("a1") = packed;
  register uint32_t half __asm__("a3") = 0x8000;
  register uint32_t mask __asm__("a4") = 0x00FF00FF;
  register uint32_t offsets __asm__("a5") = 0x00800080;
  __asm__ volatile("3:\n" EG_RUN(8, EG_NEXT(1) EG_NEXT(2) EG_NEXT(3) EG_NEXT(4) EG_NEXT(5) EG_NEXT(6) EG_NEXT(7))
                       EG_RUN(4, EG_NEXT(1) EG_NEXT(2) EG_NEXT(3)) EG_RUN(2, EG_NEXT(1)) "bne a0, %13, 3b\n"
                   : "+r"(upper0), "+r"(upper1), "+r"(upper2), "+r"(upper3), "+r"(raw0), "+r"(raw1), "+r"(raw2),
                     "+r"(raw3), "+r"(at), "+r"(weights)
                   : "r"(half), "r"(mask), "r"(offsets), "r"(end)
                   : "a2", "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "memory");
  const uint32_t sums[8] = {raw0 - (upper0 << 16), upper0, raw1 - (upper1 << 16), upper1,
                            raw2 - (upper2 << 16), upper2, raw3 - (upper3 << 16), upper3};
  const eg_quant_rv32im* const quant = (const eg_quant_rv32im*)(const void*)weights;
  weights += 8 * sizeof(*quant) / sizeof(*weights);
  for (int32_t i = 0; i < count; ++i) {
    const uint32_t bias = i % 2 ? (uint32_t)quant[i].bias : weights[i / 2];
    output[i] = eg_requantize_rv32im((int32_t)(sums[i] + bias), quant + i, p->low, p->high, p->is_relu);
  }
  return weights + 4;
}

static int8_t one_channel(const eg_fully_connected_rv32im_params* p, const int8_t* input, const int8_t* weights,
                          const eg_quant_rv32im* quant) {
  int32_t sum = quant->bias;
  for (const int8_t* const most = input + p->depth / 2 * 2; input != most; input += 2, weights += 2) {
    sum += input[0] * weights[0] + input[1] * weights[1];
  }
  if (p->depth % 2) sum += *input * *weights;
  return eg_requantize_rv32im(sum, quant, p->low, p->high, p->is_relu);
}

void eg_fully_connected_s8_rv32im(const eg_fully_connected_rv32im_params* params, int32_t pixels, const int8_t* input,
                                  const uint32_t* packed, const int8_t* weights, const eg_quant_rv32im* quant,
                                  int8_t* output) {
  for (int32_t pixel = 0; pixel < pixels; ++pixel) {
    const uint32_t* block = packed;
    int32_t left = params->output_c;
    for (int32_t i = 0; i < params->blocks; ++i) {
      const int32_t count = left < 8 ? left : 8;
      block = eight_channels(params, input, block, count, output);
      output += count;
      left -= count;
    }
    for (int32_t i = 0; i < left; ++i) *output++ = one_channel(params, input, weights + i * params->depth, quant + i);
    input += params->depth;
  }
}
