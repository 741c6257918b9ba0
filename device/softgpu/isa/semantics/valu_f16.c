// Half precision, computed in f32; see valu.h. "RDNA 2" ISA guide, sections 12.7, 12.8, 12.10 and 12.11.
#include "valu_float.h"

BINARY(v_add_f16, f16, a + b)
BINARY(v_sub_f16, f16, a - b)
BINARY(v_subrev_f16, f16, b - a)
BINARY(v_mul_f16, f16, a * b)

BINARY(v_min_f16, raw_f16, minimum_f32(a, b, l))
BINARY(v_max_f16, raw_f16, maximum_f32(a, b, l))
TERNARY(v_min3_f16, raw_f16, minimum3_f32(a, b, c, l))
TERNARY(v_max3_f16, raw_f16, maximum3_f32(a, b, c, l))
TERNARY(v_med3_f16, raw_f16, median_f32(a, b, c, l))

UNARY(v_trunc_f16, f16, __builtin_elementwise_trunc(a))
UNARY(v_ceil_f16, f16, __builtin_elementwise_ceil(a))
UNARY(v_floor_f16, f16, __builtin_elementwise_floor(a))
UNARY(v_rndne_f16, f16, __builtin_elementwise_roundeven(a))
UNARY_OF(v_frexp_exp_i16_f16, i16, f16, CONVERT(frexp_exponent_f32(a, l), i16x16))
UNARY(v_frexp_mant_f16, f16, frexp_significand_f32(a, l))

// Kept from rounding to 1 in f16.
INLINE f32x16 fraction_f16(f32x16 x)
{
    f32x16 fraction = fraction_f32(x), below_one = (f32x16)0x1.ffcp-1f;
    return SELECT(fraction > below_one, below_one, fraction);
}
UNARY(v_fract_f16, f16, fraction_f16(a))

// Exact in f32: beyond 2^60 the result is 0 or infinite anyway.
INLINE f32x16 scale_f16(f32x16 x, i16x16 exponent)
{
    i16x16 bounded = __builtin_elementwise_min(__builtin_elementwise_max(exponent, (i16x16)-60), (i16x16)60);
    return x * power_of_two_f32(CONVERT(bounded, i32x16));
}
BINARY_OF(v_ldexp_f16, f16, f16, i16, scale_f16(a, b))

TERNARY(v_fma_f16, f16, multiply_add_for_f16(a, b, c))
TERNARY(v_fmac_f16, f16, multiply_add_for_f16(a, b, c))
TERNARY(v_fmamk_f16, f16, multiply_add_for_f16(a, b, c))
TERNARY(v_fmaak_f16, f16, multiply_add_for_f16(a, b, c))

// The sources are f32, or f16 that the caller has converted; the caller also puts the result into the half it
// is for.
TERNARY_OF(v_fma_mix_f32, f32, f32, f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
TERNARY_OF(v_fma_mixlo_f16, f16, f32, f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
TERNARY_OF(v_fma_mixhi_f16, f16, f32, f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
