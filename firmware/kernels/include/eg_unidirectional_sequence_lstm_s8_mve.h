#ifndef EG_UNIDIRECTIONAL_SEQUENCE_LSTM_S8_MVE_H
#define EG_UNIDIRECTIONAL_SEQUENCE_LSTM_S8_MVE_H

#include "eg_unidirectional_sequence_lstm.h"

/* As eg_unidirectional_sequence_lstm_s8 for weights whose zero points are 0. bias: [units][2][4], what is added to the
 * products of the input's, then of the hidden state's values as they are, zero points folded in. */
void eg_unidirectional_sequence_lstm_s8_mve(const eg_lstm_params* params, const int8_t* input,
                                            const void* const* weights, const int32_t* bias, void* const* states,
                                            int8_t* output);

#endif
