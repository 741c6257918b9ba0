// What AVX-512 has an instruction for, under a name that says what it does; elsewhere, the same bits in more
// of them. All are of f32 and round and flush as MXCSR says.
#pragma once

#include "valu_float.h"

#ifdef __AVX512DQ__
#include <immintrin.h>

// Where MXCSR has denormals taken for zeros, those are zeros here, too.
#define IS_QUIET_NAN      0x01
#define IS_ZERO           0x06
#define IS_INFINITE       0x18
#define IS_DENORMAL       0x20
#define IS_SIGNALLING_NAN 0x80
#define IN_CLASS(x, some) lanes32(_mm512_fpclass_ps_mask((__m512)(x), some))
#define NOT_FINITE        (IS_QUIET_NAN | IS_INFINITE | IS_SIGNALLING_NAN)

// x 2^n, of use where that is a normal number, or x a NaN.
INLINE f32x16 scale_by(f32x16 x, f32x16 n) { return (f32x16)_mm512_scalef_ps((__m512)x, (__m512)n); }
INLINE f32x16 scale_f32(f32x16 x, i32x16 exponent) { return scale_by(x, CONVERT(exponent, f32x16)); }

INLINE i32x16 frexp_exponent(f32x16 value, const struct lanes *l)
{
    f32x16 x = flush_source_f32(value, l);
    // A nibble for each kind, as in fix_logarithm: one below 0 for what has no exponent.
    enum { SAME = 0, MINUS_ONE = 9 };
    const i32x16 kinds = (i32x16)(MINUS_ONE | MINUS_ONE << 4 | MINUS_ONE << 8 | SAME << 12 | MINUS_ONE << 16 |
                                  MINUS_ONE << 20);
    __m512 floor = _mm512_fixupimm_ps(_mm512_getexp_ps((__m512)x), (__m512)x, (__m512i)kinds, 0);
    return CONVERT((f32x16)floor, i32x16) + 1;
}

INLINE f32x16 frexp_significand(f32x16 value, const struct lanes *l)
{
    f32x16 x = flush_source_f32(value, l);
    f32x16 half = (f32x16)_mm512_getmant_ps((__m512)x, _MM_MANT_NORM_p5_1, _MM_MANT_SIGN_src);
    return SELECT(IN_CLASS(x, IS_ZERO | NOT_FINITE), x, half);
}

// The logarithm of numbers that are not positive, and of what is no number; denormals are zeros.
INLINE f32x16 fix_logarithm(f32x16 result, f32x16 x)
{
    // A nibble for each kind, from the lowest on: NaNs, zero, one, infinities, other numbers.
    enum { SAME = 0, QUIET = 2, DEFAULT_NAN = 3, MINUS_INFINITY = 4, INFINITY = 5 };
    const i32x16 kinds = (i32x16)(QUIET | QUIET << 4 | MINUS_INFINITY << 8 | SAME << 12 | DEFAULT_NAN << 16 |
                                  INFINITY << 20 | DEFAULT_NAN << 24 | SAME << 28);
    result = (f32x16)_mm512_fixupimm_ps((__m512)result, (__m512)x, (__m512i)kinds, 0);
    return SELECT(IN_CLASS(x, IS_DENORMAL), -infinity_f32(), result);
}

// Denormals become zeros of their sign, whatever the mode.
INLINE f32x16 flush_always(f32x16 x)
{
    return SELECT(IN_CLASS(x, IS_DENORMAL | IS_ZERO), with_sign_f32((u32x16)0, (u32x16)x), x);
}

// To integers: toward zero, saturating, NaN to 0.
INLINE i32x16 to_i32(f32x16 x)
{
    __mmask16 number = _mm512_cmp_ps_mask((__m512)x, (__m512)x, _CMP_ORD_Q);
    i32x16 whole = (i32x16)_mm512_maskz_cvttps_epi32(number, (__m512)x);
    return SELECT(x >= 0x1p31f, (i32x16)INT32_MAX, whole);
}

INLINE u32x16 to_u32(f32x16 x)
{
    __mmask16 positive = _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_GT_OQ);
    return (u32x16)_mm512_maskz_cvttps_epu32(positive, (__m512)x);
}
#else
// Exact in f64 whatever the exponent (beyond 300 the result is 0 or infinite anyway), so rounded once.
INLINE f32x16 scale_f32(f32x16 x, i32x16 exponent)
{
    i32x16 bounded =
        __builtin_elementwise_min(__builtin_elementwise_max(exponent, (i32x16)-300), (i32x16)300);
    return CONVERT(CONVERT(x, f64x16) * power_of_two_f64(CONVERT(bounded, i64x16)), f32x16);
}

INLINE i32x16 frexp_exponent(f32x16 value, const struct lanes *l) { return frexp_exponent_f32(value, l); }
INLINE f32x16 frexp_significand(f32x16 value, const struct lanes *l)
{
    return frexp_significand_f32(value, l);
}

INLINE f32x16 scale_by(f32x16 x, f32x16 n)
{
    f32x16 inside = SELECT(ABS(n) <= 128, n, (f32x16)0); // what no i32 holds would be undefined
    return (f32x16)((i32x16)x + (CONVERT(inside, i32x16) << 23));
}

INLINE f32x16 fix_logarithm(f32x16 result, f32x16 x)
{
    result = SELECT(x == infinity_f32(), x, result);
    result = SELECT(x < 0, default_nan_f32(), result);
    result = SELECT(exponent_bits_f32(x) == 0, -infinity_f32(), result);
    return SELECT(nan_f32(x), quiet_f32(x), result);
}

INLINE f32x16 flush_always(f32x16 x)
{
    return SELECT(exponent_bits_f32(x) == 0, with_sign_f32((u32x16)0, (u32x16)x), x);
}

// Converting what the type cannot hold would be undefined, so that is replaced first.
INLINE i32x16 to_i32(f32x16 x)
{
    i32x16 inside = (x >= -0x1p31f) & (x < 0x1p31f);
    i32x16 bound = SELECT(x > 0, (i32x16)INT32_MAX, SELECT(x < 0, (i32x16)INT32_MIN, (i32x16)0));
    return SELECT(inside, CONVERT(SELECT(inside, x, (f32x16)0), i32x16), bound);
}

INLINE u32x16 to_u32(f32x16 x)
{
    i32x16 inside = (x > -1) & (x < 0x1p32f);
    u32x16 bound = SELECT(x > 0, (u32x16)UINT32_MAX, (u32x16)0);
    return SELECT(inside, CONVERT(SELECT(inside, x, (f32x16)0), u32x16), bound);
}
#endif
