/* What eg_sinf and eg_cosf share. Algorithm and coefficients are those of Arm's optimized routines (MIT licence), as in
 * glibc. */
#ifndef EG_SINCOS_H
#define EG_SINCOS_H

#include "eg_math.h"

/* x = quadrant * pi/2 + result, |result| <= pi/4 or little more, in double precision. */
double eg_reduce_angle(float x, int* quadrant);

/* The sine of r + quadrant * pi/2. */
EG_INLINE float eg_sin_of_quadrant(double r, int quadrant) {
  const double r2 = r * r;
  double result;
  if (quadrant & 1) { /* the cosine of r */
    const double r4 = r2 * r2;
    const double high = -0x1.6c087e89a359dp-10 + r2 * 0x1.99343027bf8c3p-16;
    const double low = (1.0 + r2 * -0x1.ffffffd0c621cp-2) + r4 * 0x1.55553e1068f19p-5;
    result = low + (r4 * r2) * high;
  } else {
    const double r3 = r * r2;
    const double high = 0x1.1107605230bc4p-7 + r2 * -0x1.994eb3774cf24p-13;
    result = (r + r3 * -0x1.555545995a603p-3) + (r3 * r2) * high;
  }
  return (float)(quadrant & 2 ? -result : result);
}

#endif
