#include "eg_small_conv.h"

/* Columns that are neighbours are copied as one run. */
void eg_copy_window(const eg_small_conv_params* p, const int8_t* input, int32_t y, int32_t x, int8_t* to) {
  const int32_t row_bytes = p->input_w * p->input_c;
  const int32_t zero_point = p->zero_point;
  int32_t runs = 1, run_bytes = p->filter_w * p->input_c;
  if (p->dilation_w != 1) {
    runs = p->filter_w;
    run_bytes = p->input_c;
  }
  int32_t in_y = y * p->stride_h - p->pad_h;
  for (int32_t ky = 0; ky < p->filter_h; ++ky, in_y += p->dilation_h) {
    const uint32_t limit = (uint32_t)in_y < p->input_h ? (uint32_t)row_bytes : 0u;
    const int8_t* const row = input + in_y * row_bytes;
    int32_t first = (x * p->stride_w - p->pad_w) * p->input_c;
    for (int32_t run = 0; run < runs; ++run, first += p->dilation_w * p->input_c) {
      const int8_t* const end = to + run_bytes;
      for (int32_t i = first; to != end; ++i) {
        int32_t value = zero_point;
        if ((uint32_t)i < limit) value = row[i];
        *to++ = (int8_t)value;
      }
    }
  }
}
