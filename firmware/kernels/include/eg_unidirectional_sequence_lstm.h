#ifndef EG_UNIDIRECTIONAL_SEQUENCE_LSTM_H
#define EG_UNIDIRECTIONAL_SEQUENCE_LSTM_H

#include "eg_common.h"

/* From products to a gate's sum in Q3.12, of the input and of the hidden state. */
typedef struct {
  int32_t input_multiplier;
  int32_t input_shift;
  int32_t input_filter_offset;
  int32_t hidden_multiplier;
  int32_t hidden_shift;
  int32_t hidden_filter_offset;
} eg_lstm_gate;

typedef struct {
  int32_t steps;
  int32_t batches;
  int32_t input_depth;
  int32_t units;
  int32_t row_step;  /* rows of input or output between steps */
  int32_t row_batch; /* rows between batches */
  int32_t cell_tanh; /* 0: the cell gate is its sum as it is */
  int32_t input_offset;
  int32_t hidden_offset;
  eg_lstm_gate gates[4]; /* input, forget, cell, output */
  int32_t forget_multiplier;
  int32_t forget_shift;
  int32_t update_multiplier;
  int32_t update_shift;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t cell_clip; /* 32768: none */
  int32_t tanh_multiplier;
  int32_t tanh_shift; /* to the right */
  const uint16_t* sigmoid_table;
} eg_lstm_params;

typedef struct {
  int32_t steps;
  int32_t batches;
  int32_t input_depth;
  int32_t units;
  int32_t row_step;
  int32_t row_batch;
  int32_t cell_tanh; /* 0: the cell gate is its sum as it is */
  float cell_clip;   /* 0: none */
} eg_lstm_f32_params;

/* UNIDIRECTIONAL_SEQUENCE_LSTM, int8 input, weights, hidden state and output, int32 bias, int16 cell state.
 * input rows [input_depth], output rows [units]; weights: four [units,input_depth] of the input, then four
 * [units,units] of the hidden state, bias: four [units], all in the order input, forget, cell, output gate;
 * states: hidden, cell, both [batches,units] and kept between calls. */
void eg_unidirectional_sequence_lstm_s8(const eg_lstm_params* params, const int8_t* input, const void* const* weights,
                                        const void* const* bias, void* const* states, int8_t* output);

/* As eg_unidirectional_sequence_lstm_s8 with int16 input, hidden state and output, 64-bit accumulators and bias; the
 * gates' multipliers are Q15. */
void eg_unidirectional_sequence_lstm_s16(const eg_lstm_params* params, const int16_t* input, const void* const* weights,
                                         const void* const* bias, void* const* states, int16_t* output);

/* UNIDIRECTIONAL_SEQUENCE_LSTM in float. */
void eg_unidirectional_sequence_lstm_f32(const eg_lstm_f32_params* params, const float* input,
                                         const void* const* weights, const void* const* bias, void* const* states,
                                         float* output);

#endif
