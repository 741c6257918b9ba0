// Scalar reference: half precision.
#include "valu_reference.h"
#include "valu_reference_float.h"

// The exact a * b + c in units of 2^-48, rounded to f16.
static double fused(double a, double b, double c)
{
    if (!isfinite(a) || !isfinite(b) || !isfinite(c) || a * b == 0 || c == 0) return a * b + c;
    __int128 sum = (__int128)ldexp(a, 24) * (__int128)ldexp(b, 24) + (__int128)ldexp(c, 24) * (1 << 24);
    if (sum == 0) return a * b + c; // the zero that the rounding mode gives
    unsigned __int128 magnitude = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
    int shift = 0;
    bool lost = false;
    for (; magnitude >> 40; shift++, magnitude >>= 1) lost |= magnitude & 1;
    double value = ldexp((double)(uint64_t)(magnitude | lost), shift - 48);
    return sum < 0 ? -value : value;
}

#define F16(name, expression)                                                                                \
    DEFINE(name, COMPARE_VALUE)                                                                              \
    {                                                                                                        \
        double a = f16(x, 0), b = f16(x, 1), c = f16(x, 2);                                                  \
        (void)b, (void)c;                                                                                    \
        set_f16(x, expression);                                                                              \
    }

F16(v_add_f16, a + b)
F16(v_sub_f16, a - b)
F16(v_subrev_f16, b - a)
F16(v_mul_f16, a *b)
F16(v_fma_f16, fused(a, b, c))
F16(v_fmac_f16, fused(a, b, c))
F16(v_fmamk_f16, fused(a, b, c))
F16(v_fmaak_f16, fused(a, b, c))
F16(v_trunc_f16, trunc(a))
F16(v_ceil_f16, ceil(a))
F16(v_floor_f16, floor(a))
F16(v_rndne_f16, nearbyint(a))
F16(v_fract_f16, fmin_or_nan(a - floor(a), 0.99951171875))
F16(v_ldexp_f16, ldexp(a, i16(x, 1)))
F16(v_frexp_mant_f16, isfinite(a) ? frexp(a, &(int){0}) : a)

DEFINE(v_frexp_exp_i16_f16, COMPARE_BITS)
{
    int exponent = 0;
    if (isfinite(f16(x, 0))) frexp(f16(x, 0), &exponent);
    set_u32(x, (uint16_t)exponent);
}

#define F16_NEAR(name, expression)                                                                           \
    DEFINE(name, COMPARE_NEAR)                                                                               \
    {                                                                                                        \
        double a = f16(x, 0);                                                                                \
        set_f16(x, expression);                                                                              \
    }
F16_NEAR(v_rcp_f16, 1 / a)
F16_NEAR(v_sqrt_f16, sqrt(a))
F16_NEAR(v_rsq_f16, 1 / sqrt(a))
F16_NEAR(v_exp_f16, exp2(a))
F16_NEAR(v_log_f16, log2(a))
F16_NEAR(v_sin_f16, sine_of_turns(a))
F16_NEAR(v_cos_f16, cosine_of_turns(a))

// --- Minimum and maximum, on bits: the NaN that results is that of a source ---

static bool is_nan(uint16_t v) { return (v & 0x7fff) > 0x7c00; }
static bool is_signalling(uint16_t v) { return is_nan(v) && !(v & 0x200); }

static uint16_t ordered(uint16_t a, uint16_t b, bool ieee, bool want_less)
{
    if (ieee && is_signalling(a)) return a | 0x200;
    if (ieee && is_signalling(b)) return b | 0x200;
    if (is_nan(a)) return b;
    if (is_nan(b)) return a;
    if (f16_value(a) == 0 && f16_value(b) == 0) return want_less ? a | b : a & b;
    return (f16_value(a) < f16_value(b)) == want_less ? a : b;
}
static uint16_t least(const struct lane *x, uint16_t a, uint16_t b) { return ordered(a, b, x->ieee, true); }
static uint16_t most(const struct lane *x, uint16_t a, uint16_t b) { return ordered(a, b, x->ieee, false); }

static uint16_t median(const struct lane *x, uint16_t a, uint16_t b, uint16_t c)
{
    if (is_nan(a) || is_nan(b) || is_nan(c)) return least(x, least(x, a, b), c);
    double greatest = f16_value(most(x, most(x, a, b), c));
    if (greatest == f16_value(a)) return most(x, b, c);
    return greatest == f16_value(b) ? most(x, a, c) : most(x, a, b);
}

#define F16_BITS(name, expression)                                                                           \
    DEFINE(name, COMPARE_VALUE)                                                                              \
    {                                                                                                        \
        uint16_t a = u16(x, 0), b = u16(x, 1), c = u16(x, 2);                                                \
        (void)c;                                                                                             \
        set_u32(x, expression);                                                                              \
    }
F16_BITS(v_min_f16, least(x, a, b))
F16_BITS(v_max_f16, most(x, a, b))
F16_BITS(v_min3_f16, least(x, least(x, a, b), c))
F16_BITS(v_max3_f16, most(x, most(x, a, b), c))
F16_BITS(v_med3_f16, median(x, a, b, c))

DEFINE(v_div_fixup_f16, COMPARE_VALUE)
{
    double quotient = f16(x, 0), b = f16(x, 1), a = f16(x, 2);
    double sign = signbit(a) != signbit(b) ? -1.0 : 1.0;
    if (isnan(a) || isnan(b) || (a == 0 && b == 0) || (isinf(a) && isinf(b)))
        set_f16(x, NAN);
    else if (b == 0 || isinf(a))
        set_f16(x, sign * INFINITY);
    else if (isinf(b) || a == 0)
        set_f16(x, sign * 0);
    else
        set_f16(x, sign * (isnan(quotient) ? INFINITY : fabs(quotient)));
}

// --- Pairs ---

#define PAIR(name, expression)                                                                               \
    DEFINE(name, COMPARE_VALUE)                                                                              \
    {                                                                                                        \
        uint32_t r = 0;                                                                                      \
        for (int i = 0; i < 32; i += 16) {                                                                   \
            uint16_t low = (uint16_t)(u32(x, 0) >> i), high = (uint16_t)(u32(x, 1) >> i);                    \
            double a = f16_value(low), b = f16_value(high), c = f16_value((uint16_t)(u32(x, 2) >> i));       \
            (void)a, (void)b, (void)c;                                                                       \
            r |= (uint32_t)(expression) << i;                                                                \
        }                                                                                                    \
        set_u32(x, r);                                                                                       \
    }
PAIR(v_pk_add_f16, f16_round(a + b))
PAIR(v_pk_mul_f16, f16_round(a *b))
PAIR(v_pk_fma_f16, f16_round(fused(a, b, c)))
PAIR(v_pk_fmac_f16, f16_round(fused(a, b, c)))
PAIR(v_pk_min_f16, least(x, low, high))
PAIR(v_pk_max_f16, most(x, low, high))

static float dot(const struct lane *x)
{
    float low = (float)(f16(x, 0) * f16(x, 1));
    float high = (float)(f16_value((uint16_t)(u32(x, 0) >> 16)) * f16_value((uint16_t)(u32(x, 1) >> 16)));
    float sum = low + high;
    return sum + f32(x, 2);
}
DEFINE(v_dot2_f32_f16, COMPARE_VALUE) { set_f32(x, dot(x)); }
DEFINE(v_dot2c_f32_f16, COMPARE_VALUE) { set_f32(x, dot(x)); }
DEFINE(v_fma_mix_f32, COMPARE_VALUE) { set_f32(x, fmaf(f32(x, 0), f32(x, 1), f32(x, 2))); }
DEFINE(v_fma_mixlo_f16, COMPARE_VALUE) { set_f16(x, fmaf(f32(x, 0), f32(x, 1), f32(x, 2))); }
DEFINE(v_fma_mixhi_f16, COMPARE_VALUE) { set_f16(x, fmaf(f32(x, 0), f32(x, 1), f32(x, 2))); }
