// Reciprocals, square roots, powers, logarithms, sines. "RDNA 2" ISA guide, section 12.8.
//
// f32 results are within 1 ulp; reciprocals and square roots are correctly rounded, their combination almost.
// Like the hardware's, the f32 versions (but sine and cosine) return zeros for denormals, whatever the mode,
// and take them as zeros (powers may round them up). f16 goes through f32, where its denormals are ordinary
// numbers.
#include "valu_host.h"

#define FMA(x, y, z) FUSED_MULTIPLY_ADD(x, y, z)

#define FLUSHED(name, expression)                                                                            \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        f32x16 a = flush_always(load_f32(s0, l));                                                            \
        store_f32(d, flush_always(expression), l);                                                           \
    }

// --- Reciprocals and square roots ---

#define SQRT(x) __builtin_elementwise_sqrt(x)

// Two roundings, then a Newton step with the exact x y^2 takes back all but one. It yields NaN for zeros and
// infinities.
INLINE f32x16 reciprocal_root(f32x16 x)
{
    f32x16 y = 1 / SQRT(x), root = x * y, lost = FMA(x, y, -root);
    f32x16 error = FMA(-lost, y, FMA(-root, y, (f32x16)1)), better = FMA(y * 0.5f, error, y);
    return SELECT(better == better, better, y);
}

FLUSHED(v_rcp_f32, 1 / a)
FLUSHED(v_rcp_iflag_f32, 1 / a)
FLUSHED(v_rsq_f32, reciprocal_root(a))
FLUSHED(v_sqrt_f32, SQRT(a))
UNARY(v_rcp_f64, f64, 1 / a)
UNARY(v_rsq_f64, f64, 1 / SQRT(a))
UNARY(v_sqrt_f64, f64, SQRT(a))
UNARY(v_rcp_f16, f16, 1 / a)
UNARY(v_rsq_f16, f16, 1 / SQRT(a))
UNARY(v_sqrt_f16, f16, SQRT(a))

// --- Powers of two and logarithms to base 2 ---

// 2^x = 2^n 2^f with n the nearest integer; the polynomial is (2^f - 1) / f. A NaN comes out as itself,
// quiet.
INLINE f32x16 power_of_two(f32x16 x)
{
    f32x16 n = __builtin_elementwise_roundeven(x), f = x - n;
    f32x16 p = FMA(f, (f32x16)0x1.44138ap-13f, (f32x16)0x1.5f0890p-10f);
    p = FMA(f, p, (f32x16)0x1.3b2a54p-7f);
    p = FMA(f, p, (f32x16)0x1.c6af6cp-5f);
    p = FMA(f, p, (f32x16)0x1.ebfbe0p-3f);
    p = FMA(f, p, (f32x16)0x1.62e430p-1f);
    p = FMA(f, p, (f32x16)1);
    f32x16 result = SELECT(x < -126, (f32x16)0, scale_by(p, n));
    return SELECT(x >= 128, infinity_f32(), result);
}

// log2 of 2^e m is e + log2(m), m between sqrt(1/2) and sqrt(2). With f = m - 1, log2(m) is f log2(e) + f^2
// p(f); the first term, the larger one, is added last and has its factor in two parts.
INLINE f32x16 logarithm(f32x16 x)
{
    const u32x16 sqrt_half = (u32x16)0x3f3504f3;
    i32x16 e = (i32x16)((u32x16)x - sqrt_half) >> 23;
    f32x16 f = (f32x16)((u32x16)x - (u32x16)(e << 23)) - 1;
    f32x16 p = FMA(f, (f32x16)0x1.900046p-4f, (f32x16)-0x1.557a06p-3f);
    p = FMA(f, p, (f32x16)0x1.5d0194p-3f);
    p = FMA(f, p, (f32x16)-0x1.6efd80p-3f);
    p = FMA(f, p, (f32x16)0x1.a4837ep-3f);
    p = FMA(f, p, (f32x16)-0x1.ec7732p-3f);
    p = FMA(f, p, (f32x16)0x1.277c3ep-2f);
    p = FMA(f, p, (f32x16)-0x1.715480p-2f);
    p = FMA(f, p, (f32x16)0x1.ec7094p-2f);
    p = FMA(f, p, (f32x16)-0x1.715476p-1f);
    f32x16 small = FMA(f, (f32x16)0x1.4ae0c0p-26f, f * f * p);
    f32x16 result = FMA(f, (f32x16)0x1.715476p+0f, small) + CONVERT(e, f32x16);
    return fix_logarithm(result, x);
}

UNARY(v_exp_f32, f32, power_of_two(a))
UNARY(v_log_f32, f32, logarithm(a))
UNARY(v_exp_f16, f16, power_of_two(a))
UNARY(v_log_f16, f16, logarithm(a))

// --- Sine and cosine of turns ---

// Polynomials for up to an eighth of a turn: 2 pi r + r^3 s(r^2) and 1 + r^2 c(r^2).
INLINE f32x16 sine_of_eighth(f32x16 r, f32x16 square)
{
    f32x16 p = FMA(square, (f32x16)0x1.4cb762p+5f, (f32x16)-0x1.32ce1ep+6f);
    p = FMA(square, p, (f32x16)0x1.466bc2p+6f);
    p = FMA(square, p, (f32x16)-0x1.4abbcep+5f);
    f32x16 small = FMA(square * r, p, r * (f32x16)-0x1.777a5cp-23f);
    return FMA(r, (f32x16)0x1.921fb6p+2f, small);
}

// The first two terms, of which the sum is up to 0.3 below 1, are added with what their roundings lose.
INLINE f32x16 cosine_of_eighth(f32x16 r, f32x16 square)
{
    const f32x16 first = (f32x16)-0x1.3bd3ccp+4f;
    f32x16 p = FMA(square, (f32x16)0x1.db6492p+5f, (f32x16)-0x1.55cb98p+6f);
    p = FMA(square, p, (f32x16)0x1.03c1eap+6f);
    f32x16 term = square * first, sum = 1 + term;
    f32x16 lost = FMA(FMA(r, r, -square), first, FMA(square, first, -term)) + ((1 - sum) + term);
    return sum + FMA(square * square, p, lost);
}

// The sine of x turns, of which `quarters` more are added. Taking off whole turns, then quarters, is exact.
INLINE f32x16 sine(f32x16 x, int quarters)
{
    f32x16 fraction = x - __builtin_elementwise_roundeven(x);
    f32x16 quarter = __builtin_elementwise_roundeven(fraction * 4), r = fraction - quarter * 0.25f;
    i32x16 quadrant = CONVERT(SELECT(nan_f32(quarter), (f32x16)0, quarter), i32x16) + quarters;
    f32x16 square = r * r;
    f32x16 magnitude = SELECT((quadrant & 1) != 0, cosine_of_eighth(r, square), sine_of_eighth(r, square));
    return (f32x16)((u32x16)magnitude ^ ((u32x16)quadrant & 2) << 30) + 0.0f; // zeros are positive
}

// A zero keeps its sign. Small numbers are multiplied once: what lies between could be flushed.
#define SINE(x)   SELECT(ABS(x) < 0x1p-60f, x * 0x1.921fb6p+2f, sine(x, 0))
#define COSINE(x) sine(x, 1)

UNARY(v_sin_f32, f32, SINE(a))
UNARY(v_cos_f32, f32, COSINE(a))
UNARY(v_sin_f16, f16, SINE(a))
UNARY(v_cos_f16, f16, COSINE(a))
