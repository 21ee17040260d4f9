#include "eg_unidirectional_sequence_lstm_s8_mve.h"

#include <string.h>

#include "eg_requantize_mve.h"

/* Of the four gates. */
typedef struct {
  int32x4_t multiplier;
  int32x4_t left;
  int32x4_t right;
} scaling;

static scaling scaling_of(const eg_lstm_params* params, int of_hidden) {
  int32_t multiplier[4], left[4], right[4];
  for (int g = 0; g < 4; ++g) {
    const eg_lstm_gate* gate = &params->gates[g];
    const int32_t shift = of_hidden ? gate->hidden_shift : gate->input_shift;
    multiplier[g] = of_hidden ? gate->hidden_multiplier : gate->input_multiplier;
    left[g] = shift > 0 ? shift : 0;
    right[g] = shift > 0 ? 0 : shift;
  }
  const scaling result = {vldrwq_s32(multiplier), vldrwq_s32(left), vldrwq_s32(right)};
  return result;
}

EG_INLINE int32x4_t clamp16(int32x4_t value) { return eg_clamp_mve(value, INT16_MIN, INT16_MAX); }

/* The products of the four gates' rows `at` elements into their weights, plus bias, requantised. */
static EG_NOINLINE int32x4_t dot_4(const void* const* weights, int32_t at, const int8_t* values, int32_t count,
                                   const int32_t* bias, const scaling* s) {
  const int8_t *row0 = (const int8_t*)weights[0] + at, *row1 = (const int8_t*)weights[1] + at;
  const int8_t *row2 = (const int8_t*)weights[2] + at, *row3 = (const int8_t*)weights[3] + at;
  int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  /* In assembler: compilers keep the sums in a vector and move them there and back. */
  __asm__(
      "wlstp.8 lr, %[count], 2f\n"
      "1:\n"
      "vldrb.u8 q0, [%[values]], #16\n"
      "vldrb.u8 q1, [%[row0]], #16\n"
      "vmladava.s8 %[sum0], q0, q1\n"
      "vldrb.u8 q2, [%[row1]], #16\n"
      "vmladava.s8 %[sum1], q0, q2\n"
      "vldrb.u8 q1, [%[row2]], #16\n"
      "vmladava.s8 %[sum2], q0, q1\n"
      "vldrb.u8 q2, [%[row3]], #16\n"
      "vmladava.s8 %[sum3], q0, q2\n"
      "letp lr, 1b\n"
      "2:\n"
      : [sum0] "+Te"(sum0), [sum1] "+Te"(sum1), [sum2] "+Te"(sum2), [sum3] "+Te"(sum3), [values] "+r"(values),
        [row0] "+r"(row0), [row1] "+r"(row1), [row2] "+r"(row2), [row3] "+r"(row3)
      : [count] "r"(count)
      : "lr", "q0", "q1", "q2", "memory");
  const int32_t sums[4] = {sum0, sum1, sum2, sum3};
  const int32x4_t acc = vaddq_s32(vldrwq_s32(sums), vldrwq_s32(bias));
  return clamp16(eg_requantize_mve(acc, s->multiplier, s->left, s->right));
}

/* The table at each |x| / 2^shift, interpolated, in Q0.16 times 2^shift; `most` where the table ends. */
EG_INLINE int32x4_t interpolate(int32x4_t x, const uint16_t* table, int shift, int32_t most) {
  const uint32x4_t magnitude = vreinterpretq_u32_s32(vabsq_s32(x));
  const uint32x4_t at = vshlq_r_u32(magnitude, -shift);
  const uint32x4_t inside = vminq_u32(at, vdupq_n_u32(254));
  const uint32x4_t low = vldrhq_gather_shifted_offset_u32(table, inside);
  const uint32x4_t high = vldrhq_gather_shifted_offset_u32(table + 1, inside);
  const uint32x4_t part = vsubq_u32(magnitude, vshlq_r_u32(at, shift));
  const uint32x4_t found = vaddq_u32(vshlq_r_u32(low, shift), vmulq_u32(part, vsubq_u32(high, low)));
  return vreinterpretq_s32_u32(vpselq_u32(vdupq_n_u32((uint32_t)most), found, vcmpcsq_n_u32(at, 255)));
}

/* eg_sigmoid_q15 and eg_tanh_q15. */
EG_INLINE int32x4_t sigmoid(int32x4_t x, const uint16_t* table) {
  const int32x4_t found = interpolate(x, table, 9, 0x7FFF << 10);
  const int32x4_t below = vsubq_s32(vdupq_n_s32((1 << 25) + (1 << 9) - 1), found);
  return vshrq_n_s32(vpselq_s32(vaddq_n_s32(found, 1 << 9), below, vcmpgeq_n_s32(x, 0)), 10);
}

EG_INLINE int32x4_t tanh_of(int32x4_t x, const uint16_t* table) {
  const int32x4_t found = interpolate(x, table, 8, 0xFFFF << 8);
  const int32x4_t below = vsubq_s32(vdupq_n_s32((1 << 23) + (1 << 7) - 1), found);
  return vshrq_n_s32(vpselq_s32(vaddq_n_s32(found, (1 << 7) - (1 << 23)), below, vcmpgeq_n_s32(x, 0)), 8);
}

/* Up to four units: `sums` holds the four gates' for each. */
static void finish(const eg_lstm_params* params, const int32_t* sums, int32_t units, int16_t* cell, int8_t* output) {
  const uint16_t* const table = params->sigmoid_table;
  const mve_pred16_t live = vctp32q((uint32_t)units);
  const int32x4x4_t gates = vld4q_s32(sums);
  const int32x4_t forget = sigmoid(vmulq_n_s32(gates.val[1], 3), table);
  int32x4_t kept = vmulq_s32(forget, vldrhq_z_s32(cell, live));
  kept = clamp16(eg_requantize_n_mve(kept, params->forget_multiplier, params->forget_shift));
  const int32x4_t update = params->cell_tanh ? tanh_of(vmulq_n_s32(gates.val[2], 3), table) : gates.val[2];
  int32x4_t state = vmulq_s32(sigmoid(vmulq_n_s32(gates.val[0], 3), table), update);
  state = clamp16(eg_requantize_n_mve(state, params->update_multiplier, params->update_shift));
  state = eg_clamp_mve(clamp16(vaddq_s32(kept, state)), -params->cell_clip, params->cell_clip);
  vstrhq_p_s32(cell, state, live);
  const int32_t half = params->tanh_shift > 0 ? (int32_t)(1u << (params->tanh_shift - 1)) : 0;
  state = vaddq_n_s32(vmulq_n_s32(state, params->tanh_multiplier), half);
  int32x4_t result = tanh_of(vshlq_r_s32(state, -params->tanh_shift), table);
  result = vmulq_s32(result, sigmoid(vmulq_n_s32(gates.val[3], 3), table));
  result = eg_requantize_n_mve(result, params->output_multiplier, params->output_shift);
  vstrbq_p_s32(output, eg_clamp_mve(vsubq_n_s32(result, params->hidden_offset), INT8_MIN, INT8_MAX), live);
}

/* One time step of one batch: the new hidden state goes to `output`, the new cell state to `cell`. */
static void step(const eg_lstm_params* params, const scaling* scalings, const int8_t* input, const void* const* weights,
                 const int32_t* bias, const int8_t* hidden, int16_t* cell, int8_t* output) {
  const int32_t depth = params->input_depth, units = params->units;
  int32_t sums[16] = {0};
  for (int32_t unit = 0; unit < units; ++unit, bias += 8) {
    const int32x4_t of_input = dot_4(weights, unit * depth, input, depth, bias, &scalings[0]);
    const int32x4_t of_hidden = dot_4(weights + 4, unit * units, hidden, units, bias + 4, &scalings[1]);
    vstrwq_s32(sums + unit % 4 * 4, clamp16(vaddq_s32(of_input, of_hidden)));
    if (unit % 4 == 3 || unit + 1 == units) {
      const int32_t first = unit & ~3;
      finish(params, sums, unit + 1 - first, cell + first, output + first);
    }
  }
}

void eg_unidirectional_sequence_lstm_s8_mve(const eg_lstm_params* params, const int8_t* input,
                                            const void* const* weights, const int32_t* bias, void* const* states,
                                            int8_t* output) {
  const scaling scalings[2] = {scaling_of(params, 0), scaling_of(params, 1)};
  int8_t* hidden = (int8_t*)states[0];
  int16_t* cell = (int16_t*)states[1];
  for (int32_t b = 0; b < params->batches; ++b) {
    for (int32_t t = 0; t < params->steps; ++t) {
      const int32_t row = b * params->row_batch + t * params->row_step;
      int8_t* result = output + row * params->units;
      step(params, scalings, input + row * params->input_depth, weights, bias, hidden, cell, result);
      memcpy(hidden, result, (size_t)params->units);
    }
    hidden += params->units;
    cell += params->units;
  }
}
