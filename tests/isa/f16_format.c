// The f16 format, in double: every value of it, and rounding into it as the host's rounding mode says.
#include "valu_reference.h"

#include <stdlib.h>

double f16_value(uint16_t bits)
{
    int exponent = bits >> 10 & 31, significand = bits & 0x3ff;
    double magnitude = exponent == 31  ? (significand ? (double)NAN : (double)INFINITY)
                       : exponent == 0 ? ldexp(significand, -24)
                                       : ldexp(significand + 1024, exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

// Whether the rounding mode takes what is too large to infinity, or to the largest number.
static bool overflows_to_infinity(double v)
{
    volatile double huge = copysign(1e300, v);
    return isinf((float)huge);
}

// To a multiple of the unit in the last place, as the rounding mode says.
uint16_t f16_round(double v)
{
    uint16_t sign = signbit(v) ? 0x8000 : 0;
    double magnitude = fabs(v);
    if (isnan(v)) return sign | 0x7e00;
    if (magnitude == 0) return sign;
    if (isinf(v)) return sign | 0x7c00;
    if (magnitude >= 65536) return sign | (overflows_to_infinity(v) ? 0x7c00 : 0x7bff);
    int exponent = 0;
    frexp(magnitude, &exponent);
    int unit = exponent < -13 ? -24 : exponent - 11;
    int significand = abs((int)nearbyint(ldexp(v, -unit)));
    return sign | (uint16_t)(unit == -24 ? significand : ((unit + 25) << 10) + significand - 1024);
}
