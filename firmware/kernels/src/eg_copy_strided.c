#include "eg_copy_strided.h"

#include <string.h>

/* The units of a walk may be of any type: these words may alias it. */
#if defined(__GNUC__)
#define EG_MAY_ALIAS __attribute__((may_alias))
#else
#define EG_MAY_ALIAS
#endif
typedef uint16_t EG_MAY_ALIAS eg_half;
typedef uint32_t EG_MAY_ALIAS eg_word;
typedef uint64_t EG_MAY_ALIAS eg_double_word;

static void copy_row(const eg_copy_strided_params* params, const uint8_t* input, uint8_t* output) {
  const int32_t count = params->walk.size;
  const int32_t in_step = params->walk.step[0];
  const int32_t out_step = params->walk.step[1];
  switch (params->unit_bytes) {
    case 1:
      if (in_step == 0 && out_step == 1) {
        memset(output, *input, (size_t)count);
        break;
      }
      for (int32_t i = 0; i < count; ++i) output[i * out_step] = input[i * in_step];
      break;
    case 2:
      for (int32_t i = 0; i < count; ++i) {
        *(eg_half*)(void*)(output + i * out_step) = *(const eg_half*)(const void*)(input + i * in_step);
      }
      break;
    case 4:
      for (int32_t i = 0; i < count; ++i) {
        *(eg_word*)(void*)(output + i * out_step) = *(const eg_word*)(const void*)(input + i * in_step);
      }
      break;
    case 8:
      for (int32_t i = 0; i < count; ++i) {
        *(eg_double_word*)(void*)(output + i * out_step) = *(const eg_double_word*)(const void*)(input + i * in_step);
      }
      break;
    default:
      for (int32_t i = 0; i < count; ++i) {
        memcpy(output + i * out_step, input + i * in_step, (size_t)params->unit_bytes);
      }
  }
}

void eg_copy_strided(const eg_copy_strided_params* params, const void* input, void* output) {
  const uint8_t* from = (const uint8_t*)input + params->input_offset;
  uint8_t* to = (uint8_t*)output + params->output_offset;
  eg_walk_position at = {{0}, {0}};
  do {
    copy_row(params, from + at.offset[0], to + at.offset[1]);
  } while (eg_walk_next(&params->walk, &at));
}
