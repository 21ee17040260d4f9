#include "eg_fully_connected_s8_xtensa_mac16.h"

/* Adds 4 times the products of a widened chunk with `count` rows of weights to as many sums; returns the end of the
 * weights. One word behind the chunk and one behind the weights are read. */
static const int16_t* add_chunk(const int16_t* values, int32_t chunk, const int16_t* weights, int32_t count,
                                int32_t* sums) {
  const int16_t* from = weights - 2;
  int32_t sum, old;
  const int16_t* value;
  __asm__ volatile(
      "ldinc m0, %[from]\n"
      "1:\n"
      "movi %[sum], 0\n"
      "mov %[value], %[values]\n"
      "wsr %[sum], acclo\n"
      "ldinc m2, %[value]\n"
      "loopnez %[times], 2f\n"
      "mula.dd.ll.ldinc m1, %[from], m0, m2\n"
      "mula.dd.hh.ldinc m3, %[value], m0, m2\n"
      "mula.dd.ll.ldinc m0, %[from], m1, m3\n"
      "mula.dd.hh.ldinc m2, %[value], m1, m3\n"
      "2:\n"
      "rsr %[sum], acclo\n"
      "l32i %[old], %[sums], 0\n"
      "srai %[sum], %[sum], 6\n"
      "addi %[count], %[count], -1\n"
      "add %[sum], %[sum], %[old]\n"
      "s32i %[sum], %[sums], 0\n"
      "addi %[sums], %[sums], 4\n"
      "bnez %[count], 1b\n"
      : [from] "+&r"(from), [sum] "=&r"(sum), [old] "=&r"(old), [value] "=&r"(value), [sums] "+&r"(sums),
        [count] "+&r"(count)
      : [values] "r"(values - 2), [times] "r"(chunk / 4)
      : EG_STATE_MAC16, "memory");
  return from;
}

static int8_t scale(int32_t sum, const int32_t* quant, bool is_signed) {
  int32_t scaled = (int32_t)(((int64_t)sum * quant[1]) >> 32);
  if (is_signed && sum < 0) scaled -= 2;
  return (int8_t)eg_clamp((scaled + quant[2]) >> quant[3], -128, 127);
}

void eg_fully_connected_deep_s8_xtensa_mac16(const eg_fully_connected_mac16_params* params, const int8_t* input,
                                             const int16_t* weights, const int32_t* quant, int8_t* output,
                                             void* scratch) {
  const eg_fully_connected_mac16_params* const p = params;
  int16_t* const values = (int16_t*)scratch;
  int32_t* const sums = (int32_t*)scratch + p->chunk / 2 + 1;
  for (int32_t first = 0; first < p->outputs; first += p->group) {
    const int32_t count = p->outputs - first < p->group ? p->outputs - first : p->group;
    for (int32_t i = 0; i < count; ++i) sums[i] = quant[4 * i];
    for (int32_t done = 0; done < p->depth; done += p->chunk) {
      const int32_t chunk = p->depth - done < p->chunk ? p->depth - done : p->chunk;
      eg_widen_aligned_mac16(input + done, chunk / 4, values);
      weights = add_chunk(values, chunk, weights, count, sums);
    }
    for (int32_t i = 0; i < count; ++i, quant += 4) *output++ = scale(sums[i], quant, p->is_signed != 0);
  }
}
