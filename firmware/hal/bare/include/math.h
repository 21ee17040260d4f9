/* The part of <math.h> that kernels use; the toolchain's run-time library has the functions. */
#ifndef EG_BARE_MATH_H
#define EG_BARE_MATH_H

#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)

double ceil(double x);
double cos(double x);
double exp(double x);
double fabs(double x);
double floor(double x);
double log(double x);
double pow(double x, double y);
double round(double x);
double sin(double x);
double sqrt(double x);
double tanh(double x);
float ceilf(float x);
float cosf(float x);
float expf(float x);
float fabsf(float x);
float floorf(float x);
float fmaxf(float x, float y);
float fminf(float x, float y);
float fmodf(float x, float y);
float logf(float x);
float powf(float x, float y);
float roundf(float x);
float sinf(float x);
float sqrtf(float x);
float tanhf(float x);
float truncf(float x);

#endif
