#include "eg_math.h"
#include "eg_sincos.h"

float eg_cosf(float x) {
  if ((eg_float_bits(x) & 0x7fffffffu) < 0x39800000u) return 1.0f; /* below 2^-12 */
  int quadrant;
  const double r = eg_reduce_angle(x, &quadrant);
  return eg_sin_of_quadrant(r, quadrant + 1);
}
