/* What the MVE convolutions share: copying values, and all channels of one or two columns. */
#ifndef EG_CONV_BODY_MVE_H
#define EG_CONV_BODY_MVE_H

#include <arm_mve.h>

#include "eg_conv_2d_s8_mve.h"

EG_INLINE void eg_copy_mve(int8_t* to, const int8_t* from, int32_t count) {
  for (; count > 0; count -= 16, to += 16, from += 16) {
    const mve_pred16_t live = vctp8q((uint32_t)count);
    vstrbq_p_s8(to, vldrbq_z_s8(from, live), live);
  }
}

EG_INLINE void eg_fill_mve(int8_t* to, int32_t value, int32_t count) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; count -= 16, to += 16) vstrbq_p_s8(to, values, vctp8q((uint32_t)count));
}

EG_INLINE eg_gemm_mve eg_gemm_job_mve(const eg_conv_2d_mve_params* p, const int32_t* packed, int32_t step_bytes) {
  const eg_gemm_mve job = {0,
                           0,
                           packed,
                           0,
                           (p->steps + 2) / 4,
                           eg_gemm_entry_mve(p->steps, step_bytes),
                           p->output_offset,
                           p->output_c,
                           p->output_c >> 3};
  return job;
}

/* All channels of the columns in `job`, as eg_gemm_job_mve made it, where they are not a multiple of eight. The last
 * group of eight channels begins where it ends with the last channel; fewer than eight go through a buffer. */
static EG_NOINLINE void eg_odd_channels_mve(const eg_conv_2d_mve_params* p, eg_gemm_mve* job, const int32_t* packed,
                                            int8_t* output0, int8_t* output1) {
  const int32_t groups = p->output_c >> 3;
  job->packed = packed;
  job->groups = groups;
  if (groups) {
    job->output = output0;
    job->output_delta = output1 - output0;
    p->gemm(job);
    job->packed = packed + groups * (32 * p->steps + 24);
    job->output = output0 + p->output_c - 8;
    job->groups = 1;
    p->gemm(job);
  } else {
    int8_t few[16];
    job->output = few;
    job->output_delta = 8;
    job->groups = 1;
    p->gemm(job);
    eg_copy_mve(output0, few, p->output_c);
    if (output1 != output0) eg_copy_mve(output1, few + 8, p->output_c);
  }
}

/* All channels of the columns in `job`. The second pixel's output follows the first's; with `one` pixel, it is the
 * first's. */
EG_INLINE void eg_channels_mve(const eg_conv_2d_mve_params* p, eg_gemm_mve* job, const int32_t* packed, int8_t* output,
                               bool one) {
  if (p->output_c & 7) {
    eg_odd_channels_mve(p, job, packed, output, one ? output : output + p->output_c);
  } else {
    job->output = output;
    if (one) job->output_delta = 0;
    p->gemm(job);
  }
}

#endif
