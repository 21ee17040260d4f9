#ifndef EG_FULLY_CONNECTED_H
#define EG_FULLY_CONNECTED_H

#include "eg_common.h"

typedef struct {
  int32_t input_offset;
  int32_t filter_offset;
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
  int32_t quant_stride; /* 1: a multiplier and shift per output channel; 0: one for all */
} eg_fully_connected_params;

typedef struct {
  float activation_min;
  float activation_max;
} eg_fully_connected_f32_params;

/* FULLY_CONNECTED, int8 input, filter and output, int32 bias (may be null).
 * input [batches,accum_depth], filter [output_depth,accum_depth], output [batches,output_depth]. */
void eg_fully_connected_s8(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                           const int8_t* input, int32_t accum_depth, const int8_t* filter, const int32_t* bias,
                           int32_t output_depth, int8_t* output);

/* As eg_fully_connected_s8 with packed int4 filter values. */
void eg_fully_connected_s4(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                           const int8_t* input, int32_t accum_depth, const int8_t* filter, const int32_t* bias,
                           int32_t output_depth, int8_t* output);

/* FULLY_CONNECTED, int16 input and output, int8 filter, 64-bit accumulators and bias (may be null); `quant` holds Q15
 * multipliers. Layouts as in eg_fully_connected_s8. */
void eg_fully_connected_s16(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                            const int16_t* input, int32_t accum_depth, const int8_t* filter, const int64_t* bias,
                            int32_t output_depth, int16_t* output);

/* As eg_fully_connected_s16 with 32-bit accumulators and bias; `quant` holds Q31 multipliers. */
void eg_fully_connected_s16b32(const eg_fully_connected_params* params, const eg_channel_quant* quant, int32_t batches,
                               const int16_t* input, int32_t accum_depth, const int8_t* filter, const int32_t* bias,
                               int32_t output_depth, int16_t* output);

/* FULLY_CONNECTED in float. Layouts as in eg_fully_connected_s8. */
void eg_fully_connected_f32(const eg_fully_connected_f32_params* params, int32_t batches, const float* input,
                            int32_t accum_depth, const float* filter, const float* bias, int32_t output_depth,
                            float* output);

#endif
