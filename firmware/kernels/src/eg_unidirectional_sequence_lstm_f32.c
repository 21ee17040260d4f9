#include <float.h>
#include <string.h>

#include "eg_math.h"
#include "eg_unidirectional_sequence_lstm.h"

/* The whole range of finite numbers: infinities are clamped where TFLite Micro clamps them. */
static float to_finite(float value) { return eg_clamp_f32(value, -FLT_MAX, FLT_MAX); }

static float sigmoid(float x) {
  if (x > 16.619047164916992188f) return 1.0f;
  if (x < -9.0f) return eg_expf(x);
  return 1.0f / (1.0f + eg_expf(-x));
}

static float dot(const float* row, const float* values, int32_t count) {
  float acc = 0.0f;
  for (int32_t i = 0; i < count; ++i) acc += values[i] * row[i];
  return acc;
}

/* The sum of gate `g` for one unit. */
static float gate_sum(const eg_lstm_f32_params* params, int32_t g, int32_t unit, const float* input,
                      const float* hidden, const void* const* weights, const void* const* bias) {
  const float* input_row = (const float*)weights[g] + unit * params->input_depth;
  const float* hidden_row = (const float*)weights[g + 4] + unit * params->units;
  const float of_input = dot(input_row, input, params->input_depth) + ((const float*)bias[g])[unit];
  return to_finite(of_input) + to_finite(dot(hidden_row, hidden, params->units));
}

/* One time step of one batch: the new hidden state goes to `output`, the new cell state to `cell`. */
static void step(const eg_lstm_f32_params* params, const float* input, const void* const* weights,
                 const void* const* bias, const float* hidden, float* cell, float* output) {
  for (int32_t unit = 0; unit < params->units; ++unit) {
    const float gate_input = sigmoid(gate_sum(params, 0, unit, input, hidden, weights, bias));
    const float forget = sigmoid(gate_sum(params, 1, unit, input, hidden, weights, bias));
    float update = gate_sum(params, 2, unit, input, hidden, weights, bias);
    if (params->cell_tanh) update = eg_tanhf(update);
    const float gate_output = sigmoid(gate_sum(params, 3, unit, input, hidden, weights, bias));
    float state = to_finite(forget * cell[unit]) + to_finite(gate_input * update);
    if (params->cell_clip > 0.0f) {
      state = state < params->cell_clip ? state : params->cell_clip;
      state = state < -params->cell_clip ? -params->cell_clip : state;
    }
    cell[unit] = state;
    output[unit] = to_finite(eg_tanhf(state) * gate_output);
  }
}

void eg_unidirectional_sequence_lstm_f32(const eg_lstm_f32_params* params, const float* input,
                                         const void* const* weights, const void* const* bias, void* const* states,
                                         float* output) {
  float* hidden = (float*)states[0];
  float* cell = (float*)states[1];
  for (int32_t b = 0; b < params->batches; ++b) {
    for (int32_t t = 0; t < params->steps; ++t) {
      const int32_t row = b * params->row_batch + t * params->row_step;
      float* result = output + row * params->units;
      step(params, input + row * params->input_depth, weights, bias, hidden, cell, result);
      memcpy(hidden, result, (size_t)params->units * sizeof(*hidden));
    }
    hidden += params->units;
    cell += params->units;
  }
}
