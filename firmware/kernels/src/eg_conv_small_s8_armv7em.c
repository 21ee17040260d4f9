#include "eg_dsp_armv7em.h"
#include "eg_small_s8_armv7em.h"

enum { EG_PIXELS = 3, EG_STEP_WORDS = 6 };

/* Values of three pixels less the zero point, `minus_zero` in both lanes, as int16. */
EG_INLINE void eg_widen(const int8_t* const from[EG_PIXELS], int32_t steps, uint32_t minus_zero, int32_t* to) {
  const int8_t *a = from[0], *b = from[1], *c = from[2];
  __asm__ volatile(
      "1:\n"
      "ldr r4, [%[a]], #4\n"
      "ldr r5, [%[b]], #4\n"
      "ldr r6, [%[c]], #4\n"
      "sxtab16 r8, %[zero], r4, ror #8\n"
      "sxtab16 r9, %[zero], r5, ror #8\n"
      "sxtab16 r10, %[zero], r6, ror #8\n"
      "sxtab16 r4, %[zero], r4\n"
      "sxtab16 r5, %[zero], r5\n"
      "sxtab16 r6, %[zero], r6\n"
      "stmia %[to]!, {r4, r5, r6, r8, r9, r10}\n"
      "subs %[n], %[n], #1\n"
      "bne 1b\n"
      : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [to] "+&r"(to), [n] "+&r"(steps)
      : [zero] "r"(minus_zero)
      : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
}

EG_SMALL void eg_conv_small_s8_armv7em(const eg_small_conv_params* p, const int8_t* input, int8_t* output,
                                       void* scratch) {
  const int32_t count = p->output_c, pixels = p->output_h * p->output_w;
  eg_gemm_small_armv7em job;
  job.steps = (p->filter_h * p->filter_w * p->input_c + 3) / 4;
  job.twice_zero = 2 * p->output_zero_point + 1;
  int32_t* const channels = (int32_t*)scratch;
  int32_t* const columns = channels + 2 * count;
  const bool copies = !eg_is_pointwise(p) || p->input_c % 4;
  const uint32_t minus_zero = (uint32_t)(uint16_t)-p->zero_point * 0x10001u;
  job.columns = columns;
  eg_expand_channels(&p->channels, count, channels);
  int32_t x = 0, y = 0;
  for (int32_t left = pixels; left > 0; left -= EG_PIXELS) {
    const int8_t* from[EG_PIXELS];
    int8_t* patch = (int8_t*)(columns + EG_STEP_WORDS * job.steps);
    job.weights = (const int32_t*)p->weights;
    job.channels = channels;
    job.output = output;
    job.end = output + count / 2 * 2;
    int32_t distance = 0;
    for (int32_t i = 0; i < EG_PIXELS; ++i) {
      if (i) job.distances[i - 1] = distance;
      from[i] = input;
      if (copies) {
        eg_copy_window(p, input, y, x, patch);
        from[i] = patch;
        patch += 4 * job.steps;
      }
      if (left > i + 1) { /* what is missing of three at the end is the last one once more */
        distance += count;
        if (!copies) input += p->input_c;
        if (++x == p->output_w) {
          x = 0;
          ++y;
        }
      }
    }
    output += distance;
    eg_widen(from, job.steps, minus_zero, columns);
    eg_gemm_small_s8_armv7em(&job);
    if (count & 1) { /* the last pair begins with a channel that is done */
      job.channels -= 2;
      --job.output;
      ++job.end;
      eg_gemm_small_s8_armv7em(&job);
    }
  }
}
