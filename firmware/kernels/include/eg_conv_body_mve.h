/* What the MVE convolutions share: copying values, and jobs for the GEMM kernels. */
#ifndef EG_CONV_BODY_MVE_H
#define EG_CONV_BODY_MVE_H

#include "eg_conv_2d_s8_mve.h"
#include "eg_copy_body_mve.h"

EG_INLINE eg_gemm_mve eg_gemm_job_mve(const eg_conv_2d_mve_params* p, const int32_t* packed, int32_t step_bytes) {
  const int32_t* const end = packed + (p->output_c >> 3) * (32 * p->steps + 24);
  const eg_gemm_mve job = {
      0, 0, packed, 0, (p->steps + 2) / 4, eg_gemm_entry_mve(p->steps, step_bytes), p->output_offset, 0, end, 1, 0, 0};
  return job;
}

/* All channels of the columns in `job`, as eg_gemm_job_mve made it, where they are not a multiple of eight, and nothing
 * behind them. `output1` may be `output0`. */
EG_INLINE void eg_odd_channels_mve(const eg_conv_2d_mve_params* p, eg_gemm_mve* job, int8_t* output0, int8_t* output1) {
  const int32_t even = p->output_c & ~7, rest = p->output_c & 7;
  const int32_t *const packed = job->packed, *const end = job->end;
  int8_t few[16];
  job->pairs = 1;
  if (even) {
    job->output = output0;
    job->output_delta = output1 - output0;
    p->gemm(job);
  }
  job->packed = end;
  job->end = end + 32 * p->steps + 24;
  job->output = few;
  job->output_delta = 8;
  p->gemm(job);
  eg_copy_mve(output0 + even, few, rest);
  if (output1 != output0) eg_copy_mve(output1 + even, few + 8, rest);
  job->packed = packed;
  job->end = end;
}

#endif
