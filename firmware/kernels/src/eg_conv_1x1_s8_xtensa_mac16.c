#include "eg_conv_2d_s8_xtensa_mac16.h"

void eg_conv_1x1_s8_xtensa_mac16(const eg_conv_2d_mac16_params* params, int32_t pixels, const int8_t* input,
                                 const int32_t* packed, int8_t* output, void* scratch, int32_t reverse) {
  const int32_t depth = params->input_c;
  const int32_t run = params->run;
  eg_gemm_mac16 gemm = {(int16_t*)scratch - 2,
                        packed,
                        output,
                        params->depth_bytes / 8 - 1,
                        0,
                        params->depth_bytes,
                        params->output_c,
                        0,
                        0,
                        output,
                        (int32_t*)scratch + params->columns_bytes / 4};
  for (int32_t done = 0; done < pixels;) {
    const int32_t count = pixels - done < params->tile ? pixels - done : params->tile;
    const int32_t first = reverse ? pixels - done - count : done;
    const int8_t* from = input + first * depth;
    if (params->kind == EG_RUN_ALIGNED_MAC16) {
      eg_widen_aligned_mac16(from, count * depth / 4, (int16_t*)scratch);
    } else {
      int16_t* to = (int16_t*)scratch;
      for (int32_t i = 0; i < count; ++i) to = eg_widen_unaligned_mac16(from + i * depth, run / 4, to);
    }
    gemm.output = output + first * params->output_c;
    gemm.span = count * params->output_c;
    gemm.last_span = gemm.span - 1;
    gemm.end = gemm.output + gemm.span + params->output_c;
    params->gemm(&gemm);
    done += count;
  }
}
