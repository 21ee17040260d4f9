#include "eg_conv_2d_s8_mve.h"

void eg_conv_1x1_narrow_s8_mve(const eg_conv_2d_mve_params* p, int32_t pixels, const int8_t* columns,
                               const int32_t* packed, int8_t* output, int32_t reverse) {
  const int32_t pitch = p->pitch, outputs = p->output_c, first = reverse && pixels > 1 ? pixels - 2 : 0;
  const int32_t direction = reverse ? -2 : 2;
  eg_narrow_mve job = {0};
  job.packed = packed;
  job.output_offset = p->output_offset;
  job.depth = p->pitch;
  job.groups = outputs >> 3;
  job.column0 = columns + first * pitch;
  job.output = output + first * outputs;
  if (pixels > 1) {
    job.column1 = job.column0 + pitch;
    job.output_delta = outputs;
    job.pairs = pixels >> 1;
    job.input_step = direction * pitch;
    job.output_step = (direction - 1) * outputs;
    p->narrow(&job);
  }
  if (pixels & 1) {
    const int32_t last = reverse ? 0 : pixels - 1;
    job.column0 = job.column1 = columns + last * pitch;
    job.output = output + last * outputs;
    job.output_delta = 0;
    job.pairs = 1;
    p->narrow(&job);
  }
}
