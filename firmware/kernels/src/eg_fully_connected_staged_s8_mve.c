#include "eg_conv_body_mve.h"

void eg_fully_connected_staged_s8_mve(const eg_conv_2d_mve_params* p, const int8_t* input, const int32_t* packed,
                                      int8_t* output, void* scratch) {
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_1_BYTES_MVE);
  eg_copy_mve((int8_t*)scratch, input, p->input_c);
  job.column0 = (const int8_t*)scratch;
  if (p->output_c & 7) {
    eg_odd_channels_mve(p, &job, output, output);
  } else {
    job.output = output;
    p->gemm(&job);
  }
}
