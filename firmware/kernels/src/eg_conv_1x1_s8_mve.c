#include "eg_conv_body_mve.h"

void eg_conv_1x1_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input, const int32_t* packed,
                        int8_t* output, int32_t reverse) {
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  for (int32_t i = 0; i < pixels; i += 2) {
    const int32_t low = reverse ? pixels - 2 - i : i;
    const int32_t first = low < 0 ? 0 : low;
    const int32_t second = low + 1 < pixels ? low + 1 : first;
    job.column0 = input + first * p->input_c;
    job.column1 = input + second * p->input_c;
    eg_channels_mve(p, &job, packed, output + first * p->output_c, second == first);
  }
}
