// Single precision. "RDNA 2" ISA guide, sections 12.7, 12.8 and 12.11.
#include "valu_host.h"

// --- Arithmetic ---

BINARY(v_add_f32, f32, a + b)
BINARY(v_sub_f32, f32, a - b)
BINARY(v_subrev_f32, f32, b - a)
BINARY(v_mul_f32, f32, a * b)
TERNARY(v_fma_f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
TERNARY(v_fmac_f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
TERNARY(v_fmamk_f32, f32, FUSED_MULTIPLY_ADD(a, b, c))
TERNARY(v_fmaak_f32, f32, FUSED_MULTIPLY_ADD(a, b, c))

// "DX9 rules": zero times anything is zero.
#define EITHER_ZERO(x, y) ((x == 0) | (y == 0))
BINARY(v_mul_legacy_f32, f32, SELECT(EITHER_ZERO(a, b), (f32x16)0, (a * b)))
TERNARY(v_fma_legacy_f32, f32, SELECT(EITHER_ZERO(a, b), flush_f32(c, l), FUSED_MULTIPLY_ADD(a, b, c)))
TERNARY(v_fmac_legacy_f32, f32, SELECT(EITHER_ZERO(a, b), flush_f32(c, l), FUSED_MULTIPLY_ADD(a, b, c)))

// The product as lighting wants it: the lowest number where b is a NaN or that low, or c is not positive.
INLINE f32x16 multiply_lit(f32x16 a, f32x16 b, f32x16 c)
{
    const f32x16 lowest = (f32x16)-0x1.fffffep127f;
    f32x16 product = SELECT(EITHER_ZERO(a, b), (f32x16)0, a * b);
    return SELECT((b > lowest) & (c > 0), product, lowest);
}
TERNARY(v_mullit_f32, f32, multiply_lit(a, b, c))

// --- Minimum, maximum, median ---

BINARY(v_min_f32, f32, minimum_f32(a, b, l))
BINARY(v_max_f32, f32, maximum_f32(a, b, l))
TERNARY(v_min3_f32, f32, minimum3_f32(a, b, c, l))
TERNARY(v_max3_f32, f32, maximum3_f32(a, b, c, l))
TERNARY(v_med3_f32, f32, median_f32(a, b, c, l))

// --- Rounding and parts of a number ---

UNARY(v_trunc_f32, f32, __builtin_elementwise_trunc(a))
UNARY(v_ceil_f32, f32, __builtin_elementwise_ceil(a))
UNARY(v_floor_f32, f32, __builtin_elementwise_floor(a))
UNARY(v_rndne_f32, f32, __builtin_elementwise_roundeven(a))
UNARY(v_fract_f32, f32, fraction_f32(a))
UNARY_OF(v_frexp_exp_i32_f32, i32, f32, frexp_exponent(a, l))
UNARY(v_frexp_mant_f32, f32, frexp_significand(a, l))
BINARY_OF(v_ldexp_f32, f32, f32, i32, scale_f32(a, b))

// --- Cube maps: x, y, z in a, b, c ---

#define Z_IS_MAJOR                         ((ABS(c) >= ABS(a)) & (ABS(c) >= ABS(b)))
#define Y_IS_MAJOR                         (ABS(b) >= ABS(a))
#define BY_MAJOR_AXIS(x, y, z)             SELECT(Z_IS_MAJOR, z, SELECT(Y_IS_MAJOR, y, x))
#define BY_SIGN(value, positive, negative) SELECT(value < 0, (f32x16)(negative), (f32x16)(positive))

TERNARY(v_cubeid_f32, f32, BY_MAJOR_AXIS(BY_SIGN(a, 0, 1), BY_SIGN(b, 2, 3), BY_SIGN(c, 4, 5)))
TERNARY(v_cubesc_f32, f32, flush_f32(BY_MAJOR_AXIS(BY_SIGN(a, -c, c), a, BY_SIGN(c, a, -a)), l))
TERNARY(v_cubetc_f32, f32, flush_f32(BY_MAJOR_AXIS(-b, BY_SIGN(b, c, -c), -b), l))
TERNARY(v_cubema_f32, f32, 2 * BY_MAJOR_AXIS(a, b, c))
