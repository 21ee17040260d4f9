#include <string.h>

#include "eg_sigmoid_s16.h"
#include "eg_unidirectional_sequence_lstm.h"

static int32_t clamp16(int32_t value) { return eg_clamp(value, INT16_MIN, INT16_MAX); }

static int64_t dot(const int8_t* row, int32_t row_offset, const int16_t* values, int32_t offset, int32_t count) {
  int64_t acc = 0;
  for (int32_t i = 0; i < count; ++i) acc += (int64_t)(row[i] + row_offset) * (values[i] + offset);
  return acc;
}

/* The sum of gate `g` for one unit, in Q3.12. */
static int32_t gate_sum(const eg_lstm_params* params, int32_t g, int32_t unit, const int16_t* input,
                        const int16_t* hidden, const void* const* weights, const void* const* bias) {
  const eg_lstm_gate* gate = &params->gates[g];
  const int8_t* input_row = (const int8_t*)weights[g] + unit * params->input_depth;
  const int8_t* hidden_row = (const int8_t*)weights[g + 4] + unit * params->units;
  const int64_t products = dot(input_row, gate->input_filter_offset, input, params->input_offset, params->input_depth);
  const int64_t of_input = eg_wrap_add_64(products, ((const int64_t*)bias[g])[unit]);
  const int64_t of_hidden = dot(hidden_row, gate->hidden_filter_offset, hidden, params->hidden_offset, params->units);
  return clamp16(clamp16(eg_requantize_64(of_input, gate->input_multiplier, gate->input_shift)) +
                 clamp16(eg_requantize_64(of_hidden, gate->hidden_multiplier, gate->hidden_shift)));
}

/* One time step of one batch: the new hidden state goes to `output`, the new cell state to `cell`. */
static void step(const eg_lstm_params* params, const int16_t* input, const void* const* weights,
                 const void* const* bias, const int16_t* hidden, int16_t* cell, int16_t* output) {
  const uint16_t* table = params->sigmoid_table;
  const int32_t tanh_round = params->tanh_shift > 0 ? (int32_t)(1u << (params->tanh_shift - 1)) : 0;
  for (int32_t unit = 0; unit < params->units; ++unit) {
    const int32_t gate_input = eg_sigmoid_q15(3 * gate_sum(params, 0, unit, input, hidden, weights, bias), table);
    const int32_t forget = eg_sigmoid_q15(3 * gate_sum(params, 1, unit, input, hidden, weights, bias), table);
    int32_t update = gate_sum(params, 2, unit, input, hidden, weights, bias);
    if (params->cell_tanh) update = eg_tanh_q15(3 * update, table);
    const int32_t gate_output = eg_sigmoid_q15(3 * gate_sum(params, 3, unit, input, hidden, weights, bias), table);
    const int32_t kept = clamp16(eg_requantize(forget * cell[unit], params->forget_multiplier, params->forget_shift));
    const int32_t added = clamp16(eg_requantize(gate_input * update, params->update_multiplier, params->update_shift));
    cell[unit] = (int16_t)eg_clamp(clamp16(kept + added), -params->cell_clip, params->cell_clip);
    const int32_t squashed =
        eg_tanh_q15((cell[unit] * params->tanh_multiplier + tanh_round) >> params->tanh_shift, table);
    const int32_t result = eg_requantize(squashed * gate_output, params->output_multiplier, params->output_shift);
    output[unit] = (int16_t)clamp16(eg_wrap_add(result, -params->hidden_offset));
  }
}

void eg_unidirectional_sequence_lstm_s16(const eg_lstm_params* params, const int16_t* input, const void* const* weights,
                                         const void* const* bias, void* const* states, int16_t* output) {
  int16_t* hidden = (int16_t*)states[0];
  int16_t* cell = (int16_t*)states[1];
  for (int32_t b = 0; b < params->batches; ++b) {
    for (int32_t t = 0; t < params->steps; ++t) {
      const int32_t row = b * params->row_batch + t * params->row_step;
      int16_t* result = output + row * params->units;
      step(params, input + row * params->input_depth, weights, bias, hidden, cell, result);
      memcpy(hidden, result, (size_t)params->units * sizeof(*hidden));
    }
    hidden += params->units;
    cell += params->units;
  }
}
