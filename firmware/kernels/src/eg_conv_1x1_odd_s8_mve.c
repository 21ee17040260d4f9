#include "eg_conv_body_mve.h"

void eg_conv_1x1_odd_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* columns,
                            const int32_t* packed, int8_t* output, int32_t reverse) {
  const int32_t pitch = p->pitch, outputs = p->output_c;
  eg_gemm_mve job = eg_gemm_job_mve(p, packed, EG_GEMM_STEP_2_BYTES_MVE);
  /* What goes behind the last of less than eight channels is written over with the next pixels; the last have none. */
  const int32_t pairs = reverse || outputs > 7 ? 0 : (pixels - 7 / outputs) / 2;
  int32_t done = 0;
  if (pairs > 0) {
    const int32_t* const end = job.end;
    job.end += 32 * p->steps + 24;
    job.pairs = pairs;
    done = 2 * pairs;
    job.column0 = columns;
    job.column1 = columns + pitch;
    job.column_step = 2 * pitch;
    job.output = output;
    job.output_delta = outputs;
    job.output_step = 2 * outputs - 8;
    p->gemm(&job);
    job.end = end;
  }
  for (; done < pixels; done += 2) {
    const int32_t low = reverse ? pixels - 2 - done : done;
    const int32_t first = low < 0 ? 0 : low, second = low + 1 < pixels ? low + 1 : first;
    job.column0 = columns + first * pitch;
    job.column1 = columns + second * pitch;
    eg_odd_channels_mve(p, &job, output + first * outputs, output + second * outputs);
  }
}
