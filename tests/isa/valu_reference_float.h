// What the scalar references of the floating-point widths share.
#pragma once

#include <math.h>

// Unlike fmin: a NaN stays one.
static inline double fmin_or_nan(double a, double bound) { return a > bound ? bound : a; }

// sin(2 pi x) and cos(2 pi x), exact where they are 0, 1, -1.
static inline double sine_of_turns(double x)
{
    if (x == 0 || !isfinite(x)) return x - (isfinite(x) ? 0 : x);
    double r = remainder(x, 1);
    if (fabs(r) > 0.25) r = copysign(0.5, r) - r;
    return sin(r * (2 * 3.14159265358979323846)) + 0.0;
}

static inline double cosine_of_turns(double x)
{
    if (!isfinite(x)) return x - x;
    return sin((0.25 - fabs(remainder(x, 1))) * (2 * 3.14159265358979323846));
}
