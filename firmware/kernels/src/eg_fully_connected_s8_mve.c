#include "eg_conv_body_mve.h"

void eg_fully_connected_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                               int8_t* output) {
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_1_BYTES_MVE);
  job.column0 = input;
  if (p->output_c & 7) {
    eg_odd_channels_mve(p, &job, output, output);
  } else {
    job.output = output;
    p->gemm(&job);
  }
}
