#include "eg_conv_body_mve.h"

void eg_conv_1x1_staged_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input,
                               const int32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  int8_t *const one = (int8_t*)scratch, *const other = one + 16 * p->steps;
  job.column0 = one;
  job.column1 = other;
  for (int32_t i = 0; i < pixels; i += 2) {
    const int32_t low = reverse ? pixels - 2 - i : i;
    const int32_t first = low < 0 ? 0 : low;
    const int32_t second = low + 1 < pixels ? low + 1 : first;
    eg_copy_mve(one, input + first * p->input_c, p->input_c);
    eg_copy_mve(other, input + second * p->input_c, p->input_c);
    eg_channels_mve(p, &job, packed, output + first * p->output_c, second == first);
  }
}
