#include "eg_conv_body_mve.h"

void eg_conv_1x1_staged_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* input,
                               const int32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  const int32_t inputs = p->input_c, outputs = p->output_c;
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  int8_t *const one = (int8_t*)scratch, *const other = one + p->pitch;
  job.column0 = one;
  job.column1 = other;
  for (int32_t i = 0; i < pixels; i += 2) {
    const int32_t low = reverse ? pixels - 2 - i : i;
    const int32_t first = low < 0 ? 0 : low, second = low + 1 < pixels ? low + 1 : first;
    eg_copy_mve(one, input + first * inputs, inputs);
    eg_copy_mve(other, input + second * inputs, inputs);
    job.output = output + first * outputs;
    job.output_delta = (second - first) * outputs;
    if (outputs & 7) {
      eg_odd_channels_mve(p, &job, job.output, output + second * outputs);
    } else {
      p->gemm(&job);
    }
  }
}
