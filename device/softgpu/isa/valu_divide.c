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
#include "valu_float.h"

#define DIV_SCALE(T, INTEGER)                                                                                \
    VECTOR(v_div_scale_##T)                                                                                  \
    {                                                                                                        \
        INTEGER scaled;                                                                                      \
        vec_##T value = load_##T(s0, l), denominator = load_##T(s1, l), numerator = load_##T(s2, l);         \
        store_##T(d, scale_for_division_##T(value, denominator, numerator, &scaled), l);                     \
        l->mask_out = LANE_BITS(scaled);                                                                     \
    }
DIV_SCALE(f32, i32x16)
DIV_SCALE(f64, i64x16)

// In f64 the product is exact, and what the sum lacks can be computed. If that is anything, the sum gets its
// last bit set, so that rounding it again, to far fewer bits, is correct.
VECTOR(v_div_fmas_f32)
{
    f32x16 a = load_f32(s0, l), b = load_f32(s1, l), c = load_f32(s2, l);
    f64x16 product = CONVERT(a, f64x16) * CONVERT(b, f64x16), addend = CONVERT(c, f64x16);
    f64x16 sum = product + addend, rest = sum - product, error = (product - (sum - rest)) + (addend - rest);
    u64x16 toward_zero = (u64x16)((error < 0) ^ (sum < 0)) & 1;
    f64x16 odd = (f64x16)(((u64x16)sum - toward_zero) | 1);
    f64x16 exact = SELECT((error < 0) | (error > 0), odd, sum);
    i64x16 up = CONVERT(exponent_bits_f32(c) > 127, i64x16) != 0;
    f32x16 scaled = CONVERT(exact * SELECT(up, (f64x16)0x1p64, (f64x16)0x1p-64), f32x16);
    store_f32(d, SELECT(lanes32(l->mask_in), scaled, FUSED_MULTIPLY_ADD(a, b, c)), l);
}

// The sum a * b + c scaled down, with one rounding. Scaling rounds again where the result is denormal,
// wrongly so if the sum has become halfway between two denormals. Then the sum's error decides; as c is close
// to the sum, a second fma has its sign.
INLINE f64x16 scale_down(f64x16 sum, f64x16 a, f64x16 b, f64x16 c)
{
    f64x16 scaled = sum * 0x1p-128, lost = sum - scaled * 0x1p128;
    f64x16 error = FUSED_MULTIPLY_ADD(a, b, c - sum);
    i64x16 beyond_half = (ABS(lost) == 0x1p-947) & (((lost > 0) & (error > 0)) | ((lost < 0) & (error < 0)));
    u64x16 next = SELECT((lost < 0) == (sum < 0), (u64x16)scaled + 1, (u64x16)scaled - 1);
    return SELECT(beyond_half, (f64x16)next, scaled);
}

VECTOR(v_div_fmas_f64)
{
    f64x16 a = load_f64(s0, l), b = load_f64(s1, l), c = load_f64(s2, l);
    f64x16 sum = FUSED_MULTIPLY_ADD(a, b, c);
    if (!l->mask_in) { // no quotient was scaled, as mostly
        store_f64(d, sum, l);
        return;
    }
    f64x16 scaled = SELECT(exponent_bits_f64(c) > 1023, sum * 0x1p128, scale_down(sum, a, b, c));
    store_f64(d, SELECT(lanes64(l->mask_in), scaled, sum), l);
}

TERNARY(v_div_fixup_f32, f32, fix_quotient_f32(a, b, c))
TERNARY(v_div_fixup_f64, f64, fix_quotient_f64(a, b, c))
TERNARY(v_div_fixup_f16, f16, fix_quotient_f32(a, b, c))
