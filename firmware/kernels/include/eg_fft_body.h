/* The FFT itself, for the arithmetic of the file that includes it: eg_fft_s16.h, eg_fft_s32.h or eg_fft_f32.h.
 *
 * Radix 4, 2, 3 and 5, decimation in time; the integer forms divide by the radix at each stage. The order of operations
 * decides the last bits: it is that of the FFT in TFLite Micro. */
#ifndef EG_FFT_BODY_H
#define EG_FFT_BODY_H

#include "eg_signal_fft.h"

typedef struct {
  eg_fft_scalar r;
  eg_fft_scalar i;
} eg_complex;

EG_INLINE eg_complex eg_complex_add(eg_complex a, eg_complex b) {
  return (eg_complex){eg_fft_add(a.r, b.r), eg_fft_add(a.i, b.i)};
}

EG_INLINE eg_complex eg_complex_sub(eg_complex a, eg_complex b) {
  return (eg_complex){eg_fft_sub(a.r, b.r), eg_fft_sub(a.i, b.i)};
}

EG_INLINE eg_complex eg_complex_mul(eg_complex a, eg_complex b) {
  return (eg_complex){eg_fft_cross(a.r, b.r, a.i, b.i), eg_fft_dot(a.r, b.i, a.i, b.r)};
}

EG_INLINE eg_complex eg_complex_divide(eg_complex a, int32_t by) {
  return (eg_complex){eg_fft_divide(a.r, by), eg_fft_divide(a.i, by)};
}

EG_INLINE void eg_fft_radix_2(eg_complex* data, const eg_complex* twiddles, int32_t stride, int32_t m) {
  for (int32_t u = 0; u < m; ++u, ++data) {
    const eg_complex first = eg_complex_divide(data[0], 2);
    const eg_complex t = eg_complex_mul(eg_complex_divide(data[m], 2), twiddles[u * stride]);
    data[m] = eg_complex_sub(first, t);
    data[0] = eg_complex_add(first, t);
  }
}

EG_INLINE void eg_fft_radix_3(eg_complex* data, const eg_complex* twiddles, int32_t stride, int32_t m) {
  const eg_fft_scalar sine = twiddles[stride * m].i;
  for (int32_t u = 0; u < m; ++u, ++data) {
    const eg_complex first = eg_complex_divide(data[0], 3);
    const eg_complex a = eg_complex_mul(eg_complex_divide(data[m], 3), twiddles[u * stride]);
    const eg_complex b = eg_complex_mul(eg_complex_divide(data[2 * m], 3), twiddles[2 * u * stride]);
    const eg_complex sum = eg_complex_add(a, b);
    const eg_complex difference = eg_complex_sub(a, b);
    const eg_complex half = {eg_fft_half(sum.r), eg_fft_half(sum.i)};
    const eg_complex middle = eg_complex_sub(first, half);
    const eg_complex turned = {eg_fft_scale(difference.r, sine), eg_fft_scale(difference.i, sine)};
    data[0] = eg_complex_add(first, sum);
    data[2 * m] = (eg_complex){eg_fft_add(middle.r, turned.i), eg_fft_sub(middle.i, turned.r)};
    data[m] = (eg_complex){eg_fft_sub(middle.r, turned.i), eg_fft_add(middle.i, turned.r)};
  }
}

EG_INLINE void eg_fft_radix_4(eg_complex* data, const eg_complex* twiddles, int32_t stride, int32_t m, bool inverse) {
  for (int32_t u = 0; u < m; ++u, ++data) {
    const eg_complex first = eg_complex_divide(data[0], 4);
    const eg_complex a = eg_complex_mul(eg_complex_divide(data[m], 4), twiddles[u * stride]);
    const eg_complex b = eg_complex_mul(eg_complex_divide(data[2 * m], 4), twiddles[2 * u * stride]);
    const eg_complex c = eg_complex_mul(eg_complex_divide(data[3 * m], 4), twiddles[3 * u * stride]);
    const eg_complex minus_b = eg_complex_sub(first, b);
    const eg_complex plus_b = eg_complex_add(first, b);
    const eg_complex plus_c = eg_complex_add(a, c);
    const eg_complex minus_c = eg_complex_sub(a, c);
    const eg_complex left = {eg_fft_add(minus_b.r, minus_c.i), eg_fft_sub(minus_b.i, minus_c.r)};
    const eg_complex right = {eg_fft_sub(minus_b.r, minus_c.i), eg_fft_add(minus_b.i, minus_c.r)};
    data[2 * m] = eg_complex_sub(plus_b, plus_c);
    data[0] = eg_complex_add(plus_b, plus_c);
    data[m] = inverse ? right : left;
    data[3 * m] = inverse ? left : right;
  }
}

EG_INLINE void eg_fft_radix_5(eg_complex* data, const eg_complex* twiddles, int32_t stride, int32_t m) {
  const eg_complex ya = twiddles[stride * m];
  const eg_complex yb = twiddles[2 * stride * m];
  for (int32_t u = 0; u < m; ++u, ++data) {
    const eg_complex first = eg_complex_divide(data[0], 5);
    const eg_complex t1 = eg_complex_mul(eg_complex_divide(data[m], 5), twiddles[u * stride]);
    const eg_complex t2 = eg_complex_mul(eg_complex_divide(data[2 * m], 5), twiddles[2 * u * stride]);
    const eg_complex t3 = eg_complex_mul(eg_complex_divide(data[3 * m], 5), twiddles[3 * u * stride]);
    const eg_complex t4 = eg_complex_mul(eg_complex_divide(data[4 * m], 5), twiddles[4 * u * stride]);
    const eg_complex s14 = eg_complex_add(t1, t4);
    const eg_complex d14 = eg_complex_sub(t1, t4);
    const eg_complex s23 = eg_complex_add(t2, t3);
    const eg_complex d23 = eg_complex_sub(t2, t3);
    const eg_complex near = {
        eg_fft_add(eg_fft_add(first.r, eg_fft_scale(s14.r, ya.r)), eg_fft_scale(s23.r, yb.r)),
        eg_fft_add(eg_fft_add(first.i, eg_fft_scale(s14.i, ya.r)), eg_fft_scale(s23.i, yb.r)),
    };
    const eg_complex near_turned = {
        eg_fft_add(eg_fft_scale(d14.i, ya.i), eg_fft_scale(d23.i, yb.i)),
        eg_fft_sub(eg_fft_negate(eg_fft_scale(d14.r, ya.i)), eg_fft_scale(d23.r, yb.i)),
    };
    const eg_complex far = {
        eg_fft_add(eg_fft_add(first.r, eg_fft_scale(s14.r, yb.r)), eg_fft_scale(s23.r, ya.r)),
        eg_fft_add(eg_fft_add(first.i, eg_fft_scale(s14.i, yb.r)), eg_fft_scale(s23.i, ya.r)),
    };
    const eg_complex far_turned = {
        eg_fft_add(eg_fft_negate(eg_fft_scale(d14.i, yb.i)), eg_fft_scale(d23.i, ya.i)),
        eg_fft_sub(eg_fft_scale(d14.r, yb.i), eg_fft_scale(d23.r, ya.i)),
    };
    data[0] = eg_complex_add(first, eg_complex_add(s14, s23));
    data[m] = eg_complex_sub(near, near_turned);
    data[4 * m] = eg_complex_add(near, near_turned);
    data[2 * m] = eg_complex_add(far, far_turned);
    data[3 * m] = eg_complex_sub(far, far_turned);
  }
}

/* Runs every stage over values that are in the plan's starting order. */
EG_INLINE void eg_fft_stages(const eg_fft_plan* plan, eg_complex* data, bool inverse) {
  const eg_complex* twiddles = (const eg_complex*)plan->twiddles;
  for (int32_t s = 0; s < plan->stage_count; ++s) {
    const eg_fft_stage stage = plan->stages[s];
    eg_complex* block = data;
    for (int32_t b = 0; b < stage.blocks; ++b, block += stage.radix * stage.m) {
      if (stage.radix == 4) eg_fft_radix_4(block, twiddles, stage.blocks, stage.m, inverse);
      if (stage.radix == 2) eg_fft_radix_2(block, twiddles, stage.blocks, stage.m);
      if (stage.radix == 3) eg_fft_radix_3(block, twiddles, stage.blocks, stage.m);
      if (stage.radix == 5) eg_fft_radix_5(block, twiddles, stage.blocks, stage.m);
    }
  }
}

EG_INLINE void eg_rfft(const eg_fft_plan* plan, const eg_fft_scalar* input, int32_t length, eg_complex* output) {
  const eg_complex* turns = (const eg_complex*)plan->super_twiddles;
  const int32_t n = plan->size;
  for (int32_t i = 0; i < n; ++i) {
    const int32_t at = 2 * plan->order[i];
    output[i].r = at < length ? input[at] : 0;
    output[i].i = at + 1 < length ? input[at + 1] : 0;
  }
  eg_fft_stages(plan, output, false);
  const eg_complex start = eg_complex_divide(output[0], 2);
  output[0] = (eg_complex){eg_fft_add(start.r, start.i), 0};
  output[n] = (eg_complex){eg_fft_sub(start.r, start.i), 0};
  for (int32_t k = 1; k <= n / 2; ++k) {
    const eg_complex mirrored = {output[n - k].r, eg_fft_negate(output[n - k].i)};
    const eg_complex a = eg_complex_divide(output[k], 2);
    const eg_complex b = eg_complex_divide(mirrored, 2);
    const eg_complex sum = eg_complex_add(a, b);
    const eg_complex turned = eg_complex_mul(eg_complex_sub(a, b), turns[k - 1]);
    output[k] = (eg_complex){eg_fft_half_sum(sum.r, turned.r), eg_fft_half_sum(sum.i, turned.i)};
    output[n - k] = (eg_complex){eg_fft_half_difference(sum.r, turned.r), eg_fft_half_difference(turned.i, sum.i)};
  }
}

EG_INLINE void eg_irfft(const eg_fft_plan* plan, const eg_complex* input, eg_complex* output) {
  const eg_complex* turns = (const eg_complex*)plan->super_twiddles;
  const uint16_t* place = plan->order;
  const int32_t n = plan->size;
  const eg_complex ends = {eg_fft_add(input[0].r, input[n].r), eg_fft_sub(input[0].r, input[n].r)};
  output[place[0]] = eg_complex_divide(ends, 2);
  for (int32_t k = 1; k <= n / 2; ++k) {
    const eg_complex mirrored = {input[n - k].r, eg_fft_negate(input[n - k].i)};
    const eg_complex a = eg_complex_divide(input[k], 2);
    const eg_complex b = eg_complex_divide(mirrored, 2);
    const eg_complex sum = eg_complex_add(a, b);
    const eg_complex turned = eg_complex_mul(eg_complex_sub(a, b), turns[k - 1]);
    const eg_complex other = eg_complex_sub(sum, turned);
    output[place[k]] = eg_complex_add(sum, turned);
    output[place[n - k]] = (eg_complex){other.r, eg_fft_negate(other.i)};
  }
  eg_fft_stages(plan, output, true);
}

#endif
