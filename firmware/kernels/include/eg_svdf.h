#ifndef EG_SVDF_H
#define EG_SVDF_H

#include "eg_common.h"

typedef struct {
  int32_t batches;
  int32_t input_depth;
  int32_t units;
  int32_t rank;
  int32_t memory;
  int32_t input_offset;
  int32_t state_zero_point;
  int32_t state_multiplier;
  int32_t state_shift;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} eg_svdf_params;

typedef struct {
  int32_t batches;
  int32_t input_depth;
  int32_t units;
  int32_t rank;
  int32_t memory;
  float activation_min;
  float activation_max;
} eg_svdf_f32_params;

/* SVDF, int8 input, weights, state and output, int32 bias, with filters = units * rank.
 * input [batches,input_depth], feature [filters,input_depth], time [filters,memory], bias [units],
 * state [batches,filters,memory] (kept between calls, newest value last), output [batches,units]. */
void eg_svdf_s8(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int8_t* time,
                const int32_t* bias, int8_t* state, int8_t* output);

/* As eg_svdf_s8 with int16 time weights and state. */
void eg_svdf_s16(const eg_svdf_params* params, const int8_t* input, const int8_t* feature, const int16_t* time,
                 const int32_t* bias, int16_t* state, int8_t* output);

/* SVDF in float. Layouts as in eg_svdf_s8. */
void eg_svdf_f32(const eg_svdf_f32_params* params, const float* input, const float* feature, const float* time,
                 const float* bias, float* state, float* output);

#endif
