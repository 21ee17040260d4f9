#include "eg_conv_body_mve.h"

void eg_conv_1x1_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* columns, const int32_t* packed,
                        int8_t* output, int32_t reverse) {
  const int32_t pitch = p->pitch, outputs = p->output_c, first = reverse && pixels > 1 ? pixels - 2 : 0;
  const int32_t direction = reverse ? -2 : 2;
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  if (pixels > 1) {
    job.column0 = columns + first * pitch;
    job.column1 = job.column0 + pitch;
    job.output = output + first * outputs;
    job.output_delta = outputs;
    job.pairs = pixels >> 1;
    job.column_step = direction * pitch;
    job.output_step = (direction - 1) * outputs;
    p->gemm(&job);
  }
  if (pixels & 1) {
    const int32_t last = reverse ? 0 : pixels - 1;
    job.column0 = job.column1 = columns + last * pitch;
    job.output = output + last * outputs;
    job.output_delta = 0;
    job.pairs = 1;
    p->gemm(&job);
  }
}
