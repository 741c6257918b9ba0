// Scalar reference: double precision.
#include "valu_reference.h"
#include "valu_reference_float.h"

#define F64(name, expression)                                                                                \
    DEFINE(name, COMPARE_VALUE)                                                                              \
    {                                                                                                        \
        double a = f64(x, 0), b = f64(x, 1), c = f64(x, 2);                                                  \
        (void)b, (void)c;                                                                                    \
        set_f64(x, expression);                                                                              \
    }

F64(v_add_f64, a + b)
F64(v_mul_f64, a *b)
F64(v_fma_f64, fma(a, b, c))
F64(v_trunc_f64, trunc(a))
F64(v_ceil_f64, ceil(a))
F64(v_floor_f64, floor(a))
F64(v_rndne_f64, nearbyint(a))
F64(v_fract_f64, fmin_or_nan(a - floor(a), 0x1.fffffffffffffp-1))
F64(v_ldexp_f64, ldexp(a, i32(x, 1)))
F64(v_frexp_mant_f64, isfinite(a) ? frexp(a, &(int){0}) : a)

DEFINE(v_frexp_exp_i32_f64, COMPARE_BITS)
{
    int exponent = 0;
    if (isfinite(f64(x, 0))) frexp(f64(x, 0), &exponent);
    set_u32(x, (uint32_t)exponent);
}

#define F64_NEAR(name, expression)                                                                           \
    DEFINE(name, COMPARE_NEAR)                                                                               \
    {                                                                                                        \
        long double a = f64(x, 0);                                                                           \
        set_f64(x, (double)(expression));                                                                    \
    }
F64_NEAR(v_rcp_f64, 1 / a)
F64_NEAR(v_rsq_f64, 1 / sqrtl(a))
F64_NEAR(v_sqrt_f64, sqrtl(a))

static bool is_signalling(double v) { return isnan(v) && !(bits_of_double(v) >> 51 & 1); }
static double quieted(double v) { return double_of(bits_of_double(v) | 1ull << 51); }

static double ordered(double a, double b, bool ieee, bool want_less)
{
    if (ieee && is_signalling(a)) return quieted(a);
    if (ieee && is_signalling(b)) return quieted(b);
    if (isnan(a)) return b;
    if (isnan(b)) return a;
    if (a == 0 && b == 0) return signbit(a) == want_less ? a : b;
    return (a < b) == want_less ? a : b;
}
F64(v_min_f64, ordered(a, b, x->ieee, true))
F64(v_max_f64, ordered(a, b, x->ieee, false))

// --- Division ---

static int biased_exponent(double v) { return (int)(bits_of_double(v) >> 52 & 2047); }

DEFINE(v_div_scale_f64, COMPARE_VALUE)
{
    long double s0 = f64(x, 0), b = f64(x, 1), a = f64(x, 2), d = s0;
    int exponent = biased_exponent(f64(x, 2)), difference = exponent - biased_exponent(f64(x, 1));
    bool denormal_b = b != 0 && biased_exponent(f64(x, 1)) == 0;
    bool small_reciprocal = fabsl(b) > 0x1p1022L,
         small_quotient = difference <= -1022 || fabsl(a) < fabsl(b) * 0x1p-1022L;
    x->mask_out = false;
    x->unspecified = isinf(b); // V_DIV_FIXUP knows the quotient
    if (a == 0 || b == 0) {
        x->mask_out = true;
        d = NAN;
    } else if (difference >= 768) {
        x->mask_out = true;
        if (s0 == b) d = s0 * 0x1p128L;
    } else if (denormal_b) {
        d = s0 * 0x1p128L;
    } else if (small_reciprocal && small_quotient) {
        x->mask_out = true;
        if (s0 == b) d = s0 * 0x1p-128L;
    } else if (small_reciprocal) {
        d = s0 * 0x1p-128L;
    } else if (small_quotient) {
        x->mask_out = true;
        if (s0 == a) d = s0 * 0x1p128L;
    } else if (exponent <= 52) {
        d = s0 * 0x1p128L;
    }
    set_f64(x, (double)d);
}

DEFINE(v_div_fmas_f64, COMPARE_NEAR)
{
    double a = f64(x, 0), b = f64(x, 1), c = f64(x, 2), r = fma(a, b, c);
    x->unspecified = x->mask_in && isinf(r); // no division leads there
    if (x->mask_in) r = biased_exponent(c) > 1023 ? r * 0x1p128 : (double)(fmal(a, b, c) * 0x1p-128L);
    set_f64(x, r);
}

DEFINE(v_div_fixup_f64, COMPARE_VALUE)
{
    double quotient = f64(x, 0), b = f64(x, 1), a = f64(x, 2);
    double sign = signbit(a) != signbit(b) ? -1 : 1;
    int difference = biased_exponent(a) - biased_exponent(b);
    if (isnan(a) || isnan(b) || (a == 0 && b == 0) || (isinf(a) && isinf(b)))
        set_f64(x, NAN);
    else if (b == 0 || isinf(a))
        set_f64(x, sign * INFINITY);
    else if (isinf(b) || a == 0 || difference < -1075)
        set_f64(x, sign * 0);
    else
        set_f64(x, sign * (isnan(quotient) ? INFINITY : fabs(quotient)));
}

// --- 2 / pi ---

// The hexadecimal digits of its fraction, as any calculator with enough digits gives them.
static const char two_over_pi[] =
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921c"
    "fe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980f"
    "ef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08"
    "56033046fc7b0000";

static int two_over_pi_bit(unsigned i)
{
    if (i >= 1201) return 0;
    char digit = two_over_pi[i / 4];
    return (digit <= '9' ? digit - '0' : digit - 'a' + 10) >> (3 - i % 4) & 1;
}

DEFINE(v_trig_preop_f64, COMPARE_VALUE)
{
    int exponent = biased_exponent(f64(x, 0)), shift = (int)(u32(x, 1) & 31) * 53;
    if (exponent > 1077) shift += exponent - 1077;
    uint64_t bits = 0;
    for (int i = 0; i < 53; i++) bits = bits << 1 | (uint64_t)two_over_pi_bit((unsigned)(shift + i));
    int scale = -53 - shift + (exponent >= 1968 ? 128 : 0),
        below = -1074 - scale; // toward zero, whatever the mode
    if (below > 0) bits = below < 53 ? bits >> below << below : 0;
    set_f64(x, (double)ldexpl(bits, scale));
}
