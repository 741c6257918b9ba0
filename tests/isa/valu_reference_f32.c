// Scalar reference: single precision.
#include "valu_reference.h"
#include "valu_reference_float.h"

#define F32(name, expression)                                                                                \
    DEFINE(name, COMPARE_VALUE)                                                                              \
    {                                                                                                        \
        float a = f32(x, 0), b = f32(x, 1), c = f32(x, 2);                                                   \
        (void)b, (void)c;                                                                                    \
        set_f32(x, expression);                                                                              \
    }

F32(v_add_f32, a + b)
F32(v_sub_f32, a - b)
F32(v_subrev_f32, b - a)
F32(v_mul_f32, a *b)
F32(v_fma_f32, fmaf(a, b, c))
F32(v_fmac_f32, fmaf(a, b, c))
F32(v_fmamk_f32, fmaf(a, b, c))
F32(v_fmaak_f32, fmaf(a, b, c))
F32(v_mul_legacy_f32, a == 0 || b == 0 ? 0 : a * b)
F32(v_fma_legacy_f32, a == 0 || b == 0 ? c : fmaf(a, b, c))
F32(v_fmac_legacy_f32, a == 0 || b == 0 ? c : fmaf(a, b, c))
F32(v_mullit_f32, isnan(b) || b <= -0x1.fffffep127f || isnan(c) || c <= 0 ? -0x1.fffffep127f
                  : a == 0 || b == 0                                      ? 0
                                                                          : a * b)
F32(v_trunc_f32, truncf(a))
F32(v_ceil_f32, ceilf(a))
F32(v_floor_f32, floorf(a))
F32(v_rndne_f32, nearbyintf(a))
F32(v_fract_f32, (float)fmin_or_nan(a - floorf(a), 0x1.fffffep-1))
F32(v_ldexp_f32, ldexpf(a, i32(x, 1)))
F32(v_frexp_mant_f32, isfinite(a) ? frexpf(a, &(int){0}) : a)

DEFINE(v_frexp_exp_i32_f32, COMPARE_BITS)
{
    int exponent = 0;
    if (isfinite(f32(x, 0))) frexpf(f32(x, 0), &exponent);
    set_u32(x, (uint32_t)exponent);
}

// --- Functions that take and give no denormals ---

static double flushed(double v) { return fabs(v) < 0x1p-126 ? copysign(0, v) : v; }

#define F32_NEAR(name, expression)                                                                           \
    DEFINE(name, COMPARE_NEAR)                                                                               \
    {                                                                                                        \
        double a = flushed(f32(x, 0));                                                                       \
        set_f32(x, (float)flushed(expression));                                                              \
    }
F32_NEAR(v_rcp_f32, 1 / a)
F32_NEAR(v_rcp_iflag_f32, 1 / a)
F32_NEAR(v_rsq_f32, 1 / sqrt(a))
F32_NEAR(v_sqrt_f32, sqrt(a))
F32_NEAR(v_exp_f32, exp2(a))
F32_NEAR(v_log_f32, log2(a))

DEFINE(v_sin_f32, COMPARE_NEAR) { set_f32(x, (float)sine_of_turns(f32(x, 0))); }
DEFINE(v_cos_f32, COMPARE_NEAR) { set_f32(x, (float)cosine_of_turns(f32(x, 0))); }

// --- Order ---

static bool is_signalling(float v) { return isnan(v) && !(bits_of(v) & 0x400000); }
static float quieted(float v) { return float_of(bits_of(v) | 0x400000); }

static float ordered(float a, float b, bool ieee, bool want_less)
{
    if (ieee && is_signalling(a)) return quieted(a);
    if (ieee && is_signalling(b)) return quieted(b);
    if (isnan(a)) return b;
    if (isnan(b)) return a;
    if (a == 0 && b == 0) return signbit(a) == want_less ? a : b;
    return (a < b) == want_less ? a : b;
}
static float least(const struct lane *x, float a, float b) { return ordered(a, b, x->ieee, true); }
static float most(const struct lane *x, float a, float b) { return ordered(a, b, x->ieee, false); }

static float median(const struct lane *x, float a, float b, float c)
{
    if (isnan(a) || isnan(b) || isnan(c)) return least(x, least(x, a, b), c);
    float greatest = most(x, most(x, a, b), c);
    if (greatest == a) return most(x, b, c);
    return greatest == b ? most(x, a, c) : most(x, a, b);
}

F32(v_min_f32, least(x, a, b))
F32(v_max_f32, most(x, a, b))
F32(v_min3_f32, least(x, least(x, a, b), c))
F32(v_max3_f32, most(x, most(x, a, b), c))
F32(v_med3_f32, median(x, a, b, c))

// --- Cube maps ---

enum axis { AXIS_X, AXIS_Y, AXIS_Z };
static enum axis major(float a, float b, float c)
{
    if (fabsf(c) >= fabsf(a) && fabsf(c) >= fabsf(b)) return AXIS_Z;
    return fabsf(b) >= fabsf(a) ? AXIS_Y : AXIS_X;
}

DEFINE(v_cubeid_f32, COMPARE_VALUE)
{
    enum axis axis = major(f32(x, 0), f32(x, 1), f32(x, 2));
    set_f32(x, (float)(2 * axis + (f32(x, axis) < 0)));
}
DEFINE(v_cubesc_f32, COMPARE_VALUE)
{
    float a = f32(x, 0), c = f32(x, 2);
    enum axis axis = major(a, f32(x, 1), c);
    set_f32(x, axis == AXIS_Y ? a : axis == AXIS_Z ? (c < 0 ? -a : a) : a < 0 ? c : -c);
}
DEFINE(v_cubetc_f32, COMPARE_VALUE)
{
    float b = f32(x, 1), c = f32(x, 2);
    enum axis axis = major(f32(x, 0), b, c);
    set_f32(x, axis != AXIS_Y ? -b : b < 0 ? -c : c);
}
DEFINE(v_cubema_f32, COMPARE_VALUE) { set_f32(x, 2 * f32(x, major(f32(x, 0), f32(x, 1), f32(x, 2)))); }

// --- Division ---

static int biased_exponent(float v) { return bits_of(v) >> 23 & 255; }

DEFINE(v_div_scale_f32, COMPARE_VALUE)
{
    double s0 = f32(x, 0), b = f32(x, 1), a = f32(x, 2), d = s0;
    int exponent = biased_exponent(f32(x, 2)), difference = exponent - biased_exponent(f32(x, 1));
    bool denormal_b = b != 0 && biased_exponent(f32(x, 1)) == 0;
    bool small_reciprocal = fabs(b) > 0x1p126,
         small_quotient = difference <= -126 || fabs(a) < fabs(b) * 0x1p-126;
    x->mask_out = false;
    x->unspecified = isinf(b); // V_DIV_FIXUP knows the quotient
    if (a == 0 || b == 0) {
        x->mask_out = true;
        d = NAN;
    } else if (difference >= 96) {
        x->mask_out = true;
        if (s0 == b) d = s0 * 0x1p64;
    } else if (denormal_b) {
        d = s0 * 0x1p64;
    } else if (small_reciprocal && small_quotient) {
        x->mask_out = true;
        if (s0 == b) d = s0 * 0x1p-64;
    } else if (small_reciprocal) {
        d = s0 * 0x1p-64;
    } else if (small_quotient) {
        x->mask_out = true;
        if (s0 == a) d = s0 * 0x1p64;
    } else if (exponent <= 23) {
        d = s0 * 0x1p64;
    }
    set_f32(x, (float)d);
}

DEFINE(v_div_fmas_f32, COMPARE_NEAR)
{
    float a = f32(x, 0), b = f32(x, 1), c = f32(x, 2);
    long double exact = (long double)a * b + c;
    long double scale = !x->mask_in ? 1 : biased_exponent(c) > 127 ? 0x1p64L : 0x1p-64L;
    set_f32(x, x->mask_in ? (float)(exact * scale) : fmaf(a, b, c));
}

DEFINE(v_div_fixup_f32, COMPARE_VALUE)
{
    float quotient = f32(x, 0), b = f32(x, 1), a = f32(x, 2);
    float sign = signbit(a) != signbit(b) ? -1 : 1;
    int difference = biased_exponent(a) - biased_exponent(b);
    if (isnan(a) || isnan(b) || (a == 0 && b == 0) || (isinf(a) && isinf(b)))
        set_f32(x, NAN);
    else if (b == 0 || isinf(a))
        set_f32(x, sign * INFINITY);
    else if (isinf(b) || a == 0 || difference < -150)
        set_f32(x, sign * 0);
    else
        set_f32(x, sign * (isnan(quotient) ? INFINITY : fabsf(quotient)));
}

// --- Comparisons ---

#define COMPARISON(name, condition)                                                                          \
    DEFINE(v_cmp_##name##_f16, COMPARE_BITS)                                                                 \
    {                                                                                                        \
        double a = f16(x, 0), b = f16(x, 1);                                                                 \
        (void)a, (void)b;                                                                                    \
        x->mask_out = (condition);                                                                           \
    }                                                                                                        \
    DEFINE(v_cmp_##name##_f32, COMPARE_BITS)                                                                 \
    {                                                                                                        \
        float a = f32(x, 0), b = f32(x, 1);                                                                  \
        (void)a, (void)b;                                                                                    \
        x->mask_out = (condition);                                                                           \
    }                                                                                                        \
    DEFINE(v_cmp_##name##_f64, COMPARE_BITS)                                                                 \
    {                                                                                                        \
        double a = f64(x, 0), b = f64(x, 1);                                                                 \
        (void)a, (void)b;                                                                                    \
        x->mask_out = (condition);                                                                           \
    }
COMPARISON(f, false)
COMPARISON(lt, isless(a, b))
COMPARISON(eq, a == b)
COMPARISON(le, islessequal(a, b))
COMPARISON(gt, isgreater(a, b))
COMPARISON(lg, islessgreater(a, b))
COMPARISON(ge, isgreaterequal(a, b))
COMPARISON(o, !isunordered(a, b))
COMPARISON(u, isunordered(a, b))
COMPARISON(nge, !isgreaterequal(a, b))
COMPARISON(nlg, !islessgreater(a, b))
COMPARISON(ngt, !isgreater(a, b))
COMPARISON(nle, !islessequal(a, b))
COMPARISON(neq, !(a == b))
COMPARISON(nlt, !isless(a, b))
COMPARISON(tru, true)

// From the fields of any of the formats: which of V_CMP_CLASS's ten classes.
static int class_of(bool negative, uint64_t exponent, uint64_t exponent_max, uint64_t significand,
                    uint64_t quiet_bit)
{
    if (exponent == exponent_max && significand) return significand & quiet_bit ? 1 : 0;
    if (exponent == exponent_max) return negative ? 2 : 9;
    if (exponent) return negative ? 3 : 8;
    if (significand) return negative ? 4 : 7;
    return negative ? 5 : 6;
}

DEFINE(v_cmp_class_f16, COMPARE_BITS)
{
    uint16_t v = u16(x, 0);
    x->mask_out = u32(x, 1) >> class_of(v >> 15, v >> 10 & 31, 31, v & 0x3ff, 0x200) & 1;
}
DEFINE(v_cmp_class_f32, COMPARE_BITS)
{
    uint32_t v = u32(x, 0);
    x->mask_out = u32(x, 1) >> class_of(v >> 31, v >> 23 & 255, 255, v & 0x7fffff, 0x400000) & 1;
}
DEFINE(v_cmp_class_f64, COMPARE_BITS)
{
    uint64_t v = u64(x, 0), significand = v & ((1ull << 52) - 1);
    x->mask_out = u32(x, 1) >> class_of(v >> 63, v >> 52 & 2047, 2047, significand, 1ull << 51) & 1;
}
