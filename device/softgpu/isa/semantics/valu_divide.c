// Division: the three steps that surround the compiler's Newton-Raphson iteration on V_RCP. "RDNA 2" ISA
// guide, section 12.11, V_DIV_SCALE, V_DIV_FMAS, V_DIV_FIXUP.
//
// V_DIV_SCALE brings numerator and denominator into a range where no intermediate result is denormal or
// infinite, and says by its lane mask where the quotient then is off by a power of two; V_DIV_FMAS takes that
// back. The guide is at odds with itself there: it scales the denominator up where both 1 / denominator and
// the quotient would be denormal, which would make it infinite, and has V_DIV_FMAS scale always up and by
// less than V_DIV_SCALE did. Taken here as what makes the sequence divide correctly: down in the former case;
// in the latter by as much as V_DIV_SCALE did, up for quotients of 2 and more (their denominator was scaled
// up) and down for smaller ones.
#include "multiply_add.h"
#include "valu_float.h"

// --- V_DIV_SCALE ---

#define DIV_SCALE(T, INTEGER)                                                                                \
    VECTOR(v_div_scale_##T)                                                                                  \
    {                                                                                                        \
        INTEGER scaled;                                                                                      \
        vec_##T value = flush_source_##T(load_##T(s0, l), l);                                                \
        vec_##T denominator = flush_source_##T(load_##T(s1, l), l);                                          \
        vec_##T numerator = flush_source_##T(load_##T(s2, l), l);                                            \
        store_##T(d, scale_for_division_##T(value, denominator, numerator, &scaled), l);                     \
        l->mask_out = LANE_BITS(scaled);                                                                     \
    }
DIV_SCALE(f32, i32x16)
DIV_SCALE(f64, i64x16)

// --- V_DIV_FMAS: one rounding of the scaled sum, as MODE says; denormals that come in are never flushed ---

// Exact, also where the host takes denormals for zeros.
INLINE f64x16 widen(f32x16 x, const struct lanes *l)
{
    f64x16 converted = CONVERT(x, f64x16);
    if (l->mode & MODE_F32_DENORM_IN) return converted;
    i32x16 significand = (i32x16)magnitude_bits_f32(x);
    f64x16 number = CONVERT(SELECT((i32x16)x < 0, -significand, significand), f64x16) * 0x1p-149;
    return SELECT(CONVERT(denormal_f32(x), i64x16) != 0, number, converted);
}

// In f64 the product is exact, and what the sum lacks can be computed. If that is anything, the sum gets its
// last bit set, so that rounding it again, to far fewer bits, is correct.
VECTOR(v_div_fmas_f32)
{
    f32x16 c = load_f32(s2, l);
    f64x16 product = widen(load_f32(s0, l), l) * widen(load_f32(s1, l), l), addend = widen(c, l);
    f64x16 sum = product + addend, rest = sum - product, error = (product - (sum - rest)) + (addend - rest);
    u64x16 toward_zero = (u64x16)((error < 0) ^ (sum < 0)) & 1;
    f64x16 odd = (f64x16)(((u64x16)sum - toward_zero) | 1);
    f64x16 exact = SELECT((error < 0) | (error > 0), odd, sum);
    i64x16 up = CONVERT(exponent_bits_f32(c) > 127, i64x16) != 0;
    f64x16 scale = SELECT(up, (f64x16)0x1p64, (f64x16)0x1p-64);
    store_f32(d, CONVERT(exact * SELECT(lanes64(l->mask_in), scale, (f64x16)1), f32x16), l);
}

// What stands for a denormal where the host would take it for a zero, and the sum is infinite or a NaN.
INLINE f64x16 not_flushed(f64x16 x, const struct lanes *l)
{
    if (l->mode & MODE_F16_F64_DENORM_IN) return x;
    return SELECT(denormal_f64(x), with_sign_f64((u64x16)(f64x16)1, (u64x16)x), x);
}

INLINE uint16_t denormal_lanes(f64x16 a, f64x16 b, f64x16 c)
{
    return LANE_BITS(denormal_f64(a) | denormal_f64(b) | denormal_f64(c));
}

// The sum, scaled in the lanes that `scaled` says, with `lanes` computed anew. Out of line, for it is long
// and rarely wanted; that infinities and NaNs are scaled makes no difference.
static __attribute__((noinline, cold)) f64x16 add_exactly(f64x16 sum, f64x16 a, f64x16 b, f64x16 c,
                                                          uint32_t lanes, uint32_t scaled,
                                                          enum rounding rounding)
{
    i64x16 finite =
        (exponent_bits_f64(a) < 2047) & (exponent_bits_f64(b) < 2047) & (exponent_bits_f64(c) < 2047);
    for (lanes &= LANE_BITS(finite); lanes; lanes &= lanes - 1) {
        int i = __builtin_ctz(lanes), scale = exponent_bits_f64(c)[i] > 1023 ? 128 : -128;
        uint64_t bits = multiply_add_scaled(((u64x16)a)[i], ((u64x16)b)[i], ((u64x16)c)[i],
                                            scaled >> i & 1 ? scale : 0, rounding);
        sum[i] = __builtin_bit_cast(double, bits);
    }
    return sum;
}

VECTOR(v_div_fmas_f64)
{
    f64x16 a = load_f64(s0, l), b = load_f64(s1, l), c = load_f64(s2, l);
    f64x16 sum = FUSED_MULTIPLY_ADD(not_flushed(a, l), not_flushed(b, l), c);
    uint16_t lanes = l->mask_in; // none, mostly
    if (!(l->mode & MODE_F16_F64_DENORM_IN)) lanes |= denormal_lanes(a, b, c);
    if (lanes) sum = add_exactly(sum, a, b, c, lanes, l->mask_in, l->mode >> 2 & 3);
    store_f64(d, flush_unless_f64(MODE_F16_F64_DENORM_OUT, sum, l), l);
}

// --- V_DIV_FIXUP ---

#define FIX_QUOTIENT(T)                                                                                      \
    TERNARY(v_div_fixup_##T, T,                                                                              \
            fix_quotient_##T(flush_##T(a, l), flush_source_##T(b, l), flush_source_##T(c, l)))
FIX_QUOTIENT(f32)
FIX_QUOTIENT(f64)
TERNARY(v_div_fixup_f16, f16, fix_quotient_f32(a, b, c))
