#include "eg_copy_strided_mve.h"

#include "eg_copy_body_mve.h"

/* Single bytes, eight at a time. */
static void copy_singles(const eg_walk* walk, const int8_t* input, int8_t* output) {
  const int32_t in_step = walk->step[0], out_step = walk->step[1];
  if (in_step == 0 && out_step == 1) {
    eg_fill_mve(output, *input, walk->size);
    return;
  }
  const uint16x8_t index = vidupq_n_u16(0, 1);
  const uint16x8_t from = vmulq_n_u16(index, (uint16_t)in_step), to = vmulq_n_u16(index, (uint16_t)out_step);
  for (int32_t left = walk->size; left > 0; left -= 8, input += 8 * in_step, output += 8 * out_step) {
    const mve_pred16_t live = vctp16q((uint32_t)left);
    vstrbq_scatter_offset_p_s16(output, to, vldrbq_gather_offset_z_s16(input, from, live), live);
  }
}

static void copy_row(const eg_copy_strided_params* params, const int8_t* input, int8_t* output) {
  const eg_walk* const walk = &params->walk;
  if (params->unit_bytes == 1) {
    copy_singles(walk, input, output);
    return;
  }
  for (int32_t i = walk->size; i > 0; --i, input += walk->step[0], output += walk->step[1]) {
    eg_copy_mve(output, input, params->unit_bytes);
  }
}

void eg_copy_strided_mve(const eg_copy_strided_params* params, const void* input, void* output) {
  const int8_t* const from = (const int8_t*)input + params->input_offset;
  int8_t* const to = (int8_t*)output + params->output_offset;
  if (params->walk.rank == 0) {
    copy_row(params, from, to);
    return;
  }
  eg_walk_position at = {{0}, {0}};
  do {
    copy_row(params, from + at.offset[0], to + at.offset[1]);
  } while (eg_walk_next(&params->walk, &at));
}
