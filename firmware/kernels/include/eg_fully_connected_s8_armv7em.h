/* FULLY_CONNECTED in int8 for Armv7E-M: one row of inputs times four output channels at a time. */
#ifndef EG_FULLY_CONNECTED_S8_ARMV7EM_H
#define EG_FULLY_CONNECTED_S8_ARMV7EM_H

#include <string.h>

#include "eg_gemv_s8_armv7em.h"

/* How a row of inputs is multiplied: `gemv` takes it as it is where `widens` is 0, else widened to int16 in scratch. */
typedef struct {
  int32_t rows;
  int32_t inputs;
  int32_t outputs;
  int32_t widens;
  int32_t last_words; /* constants in front of those of a last group of less than four channels */
  void (*gemv)(const void* inputs, const int32_t* packed, int8_t* output, int32_t steps, int32_t groups);
} eg_fully_connected_armv7em_params;

/* `count` int8 values as int16 in the order that a gemv reads; a last group of less than four is filled with zeros. */
EG_INLINE void eg_widen_1_armv7em(const int8_t* from, int32_t count, int32_t* to) {
  for (int32_t i = 0; i < count / 4; ++i) {
    const uint32_t x = eg_load_word(from + 4 * i);
    to[2 * i] = (int32_t)eg_sxtb16(x);
    to[2 * i + 1] = (int32_t)eg_sxtb16_ror8(x);
  }
  if (count % 4) {
    uint32_t x = 0;
    memcpy(&x, from + count / 4 * 4, (size_t)(count % 4));
    to[count / 4 * 2] = (int32_t)eg_sxtb16(x);
    to[count / 4 * 2 + 1] = (int32_t)eg_sxtb16_ror8(x);
  }
}

/* `packed` as in eg_gemv_s8_armv7em.h. scratch: the inputs as int16, rounded up to fours, where they are widened. A
 * last group of less than four channels is a group of its own, behind constants of its own. */
EG_INLINE void eg_fully_connected_s8_armv7em(const eg_fully_connected_armv7em_params* p, const int8_t* input,
                                             const int32_t* packed, int8_t* output, void* scratch) {
  const int32_t steps = (p->inputs + 3) / 4, groups = p->outputs / 4;
  for (int32_t row = 0; row < p->rows; ++row) {
    if (p->widens) eg_widen_1_armv7em(input, p->inputs, (int32_t*)scratch);
    const void* const inputs = p->widens ? scratch : (const void*)input;
    if (groups) p->gemv(inputs, packed, output, steps, groups);
    if (p->outputs % 4) {
      int8_t last[4];
      p->gemv(inputs, packed + p->last_words, last, steps, 1);
      memcpy(output + 4 * groups, last, (size_t)(p->outputs % 4));
    }
    input += p->inputs;
    output += p->outputs;
  }
}

#endif
