#include "eg_fully_connected_s8_rv32im.h"

/* Sums of channels 0 and 1, 2 and 3: totals of the raw words and of their upper parts. */
typedef struct {
  uint32_t raw[2];
  uint32_t upper[2];
} sums_type;

/* What the inputs of a group give so far. */
typedef struct {
  uint32_t even;
  uint32_t odd;
  uint32_t inputs; /* their sum */
} group_type;

EG_INLINE group_type eg_begin_group(void) { return (group_type){0x8000, 0x8000, 0}; }

EG_INLINE group_type eg_add_input(group_type group, int8_t input, uint32_t packed) {
  const uint32_t x = (uint32_t)input;
  return (group_type){group.even + (packed & 0x00FF00FF) * x, group.odd + (packed >> 8 & 0x00FF00FF) * x,
                      group.inputs + x};
}

/* Takes the group's sums apart; their products must fit 16 bits. */
EG_INLINE void eg_end_group(sums_type* sums, group_type group) {
  const uint32_t offset = group.inputs * 0x00800080; /* the 128 of the weights */
  const uint32_t even = group.even - offset, odd = group.odd - offset;
  sums->raw[0] += even;
  sums->raw[1] += odd;
  sums->upper[0] += (uint32_t)((int32_t)even >> 16);
  sums->upper[1] += (uint32_t)((int32_t)odd >> 16);
}

EG_INLINE group_type eg_add_pair(group_type group, const int8_t* input, const uint32_t* packed) {
  return eg_add_input(eg_add_input(group, input[0], packed[0]), input[1], packed[1]);
}

void eg_fully_connected_4_s8_rv32im(const eg_fully_connected_rv32im_params* params, int32_t group, const int8_t* input,
                                    const uint32_t* packed, const eg_quant_rv32im* quant, int8_t* output) {
  sums_type sums = {{0, 0}, {0, 0}};
  const int8_t* const end = input + params->depth;
  uint32_t splits = 0;
  if (group == 4) {
    for (const int8_t* const most = input + params->depth / 4 * 4; input != most; input += 4, packed += 4) {
      eg_end_group(&sums, eg_add_pair(eg_add_pair(eg_begin_group(), input, packed), input + 2, packed + 2));
    }
    splits = (uint32_t)params->depth / 4;
  }
  for (; end - input >= 2; input += 2, packed += 2, ++splits) {
    eg_end_group(&sums, eg_add_pair(eg_begin_group(), input, packed));
  }
  for (; input != end; ++input, ++packed, ++splits) {
    eg_end_group(&sums, eg_add_input(eg_begin_group(), *input, *packed));
  }
  const uint32_t results[4] = {sums.raw[0] - (sums.upper[0] << 16) - (splits << 15), sums.upper[0],
                               sums.raw[1] - (sums.upper[1] << 16) - (splits << 15), sums.upper[1]};
  for (int32_t i = 0; i < params->output_c; ++i) {
    output[i] = eg_requantize_rv32im((int32_t)(results[i] + (uint32_t)quant[i].bias), quant + i, params->low,
                                     params->high, params->is_relu);
  }
}
