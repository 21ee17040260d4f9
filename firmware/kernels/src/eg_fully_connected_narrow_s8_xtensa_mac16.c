#include "eg_fully_connected_s8_xtensa_mac16.h"

/* Adds 256 times the products of a chunk of 16-bit values with `count` rows of weights to as many sums; returns the end
 * of the weights. Here weights are widened, as they are used once; values stay as they are. One more group of values is
 * read. */
static const int8_t* add_chunk(const int16_t* values, int32_t chunk, const int8_t* weights, int32_t count,
                               int32_t* sums) {
  int32_t sum;
  const int16_t* value;
  uint32_t low, high;
  __asm__ volatile(
      "1:\n"
      "l32i %[sum], %[sums], 0\n"
      "mov %[value], %[values]\n"
      "wsr %[sum], acclo\n"
      "ldinc m0, %[value]\n"
      "ldinc m1, %[value]\n"
      "loopnez %[times], 2f\n"
      "l32i %[high], %[from], 0\n"
      "addi %[from], %[from], 4\n"
      "slli %[low], %[high], 8\n"
      "and %[high], %[high], %[mask]\n"
      "and %[low], %[low], %[mask]\n"
      "mula.da.ll m0, %[low]\n"
      "mula.da.hh.ldinc m0, %[value], m0, %[low]\n"
      "mula.da.ll m1, %[high]\n"
      "mula.da.hh.ldinc m1, %[value], m1, %[high]\n"
      "2:\n"
      "rsr %[sum], acclo\n"
      "addi %[count], %[count], -1\n"
      "s32i %[sum], %[sums], 0\n"
      "addi %[sums], %[sums], 4\n"
      "bnez %[count], 1b\n"
      : [from] "+&r"(weights), [sum] "=&r"(sum), [value] "=&r"(value), [sums] "+&r"(sums), [count] "+&r"(count),
        [low] "=&r"(low), [high] "=&r"(high)
      : [values] "r"(values - 2), [times] "r"(chunk / 4), [mask] "r"(0xFF00FF00u)
      : EG_STATE_MAC16, "memory");
  return weights;
}

void eg_fully_connected_narrow_s8_xtensa_mac16(const eg_fully_connected_mac16_params* params, const int8_t* input,
                                               const int8_t* weights, const int32_t* quant, int8_t* output,
                                               void* scratch) {
  const eg_fully_connected_mac16_params* const p = params;
  int16_t* const values = (int16_t*)scratch;
  int32_t* const sums = (int32_t*)scratch + p->chunk / 2 + 2;
  for (int32_t first = 0; first < p->outputs; first += p->group) {
    const int32_t count = p->outputs - first < p->group ? p->outputs - first : p->group;
    for (int32_t i = 0; i < count; ++i) sums[i] = quant[4 * i];
    for (int32_t done = 0; done < p->depth; done += p->chunk) {
      const int32_t chunk = p->depth - done < p->chunk ? p->depth - done : p->chunk;
      for (int32_t i = 0; i < chunk; i += 4) {
        values[i] = input[done + i];
        values[i + 1] = input[done + i + 2];
        values[i + 2] = input[done + i + 1];
        values[i + 3] = input[done + i + 3];
      }
      weights = add_chunk(values, chunk, weights, count, sums);
    }
    for (int32_t i = 0; i < count; ++i, quant += 4) *output++ = eg_scale_mac16(sums[i], quant, p->is_signed != 0);
  }
}
