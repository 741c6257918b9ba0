// Double precision. "RDNA 2" ISA guide, sections 12.8 and 12.11.
#include "valu_float.h"

BINARY(v_add_f64, f64, a + b)
BINARY(v_mul_f64, f64, a * b)
TERNARY(v_fma_f64, f64, FUSED_MULTIPLY_ADD(a, b, c))
BINARY(v_min_f64, f64, minimum_f64(a, b, l))
BINARY(v_max_f64, f64, maximum_f64(a, b, l))

UNARY(v_trunc_f64, f64, __builtin_elementwise_trunc(a))
UNARY(v_ceil_f64, f64, __builtin_elementwise_ceil(a))
UNARY(v_floor_f64, f64, __builtin_elementwise_floor(a))
UNARY(v_rndne_f64, f64, __builtin_elementwise_roundeven(a))
UNARY(v_fract_f64, f64, fraction_f64(a))
UNARY_OF(v_frexp_exp_i32_f64, i32, f64, CONVERT(frexp_exponent_f64(a, l), i32x16))
UNARY(v_frexp_mant_f64, f64, frexp_significand_f64(a, l))

INLINE f64x16 scale_part(f64x16 x, i32x16 exponent)
{
    return x * power_of_two_f64(CONVERT(exponent, i64x16));
}

INLINE i32x16 bound(i32x16 v, int low, int high)
{
    return __builtin_elementwise_min(__builtin_elementwise_max(v, (i32x16)low), (i32x16)high);
}

// Of an exponent, biased.
INLINE i32x16 is_normal(i32x16 exponent) { return (exponent > 0) & (exponent < 2047); }

// The significand is brought near to the result, where it still is a normal number; the second step rounds,
// and once.
INLINE f64x16 scale_f64(f64x16 x, i32x16 exponent, const struct lanes *l)
{
    i32x16 by = bound(exponent, -4000, 4000), biased = CONVERT(exponent_bits_f64(x), i32x16);
    if (LANE_BITS(is_normal(biased) & is_normal(biased + by)) == UINT16_MAX) // as mostly
        return (f64x16)((u64x16)x + ((u64x16)CONVERT(by, i64x16) << 52));
    i32x16 sum = by + CONVERT(frexp_exponent_f64(x, l), i32x16);
    i32x16 bounded = bound(sum, -1200, 1200), first = bound(bounded, -1021, 1023);
    return scale_part(scale_part(frexp_significand_f64(x, l), first), bounded - first);
}
BINARY_OF(v_ldexp_f64, f64, f64, i32, scale_f64(a, b, l))

// --- 2 / pi for reducing the arguments of sine and cosine ---

// The first 1201 bits of its fraction, then zeros.
static const uint64_t two_over_pi[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
    0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
    0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b0000, 0,
};

// 53 bits of it, the first `skipped` bits left out.
INLINE uint64_t segment(uint32_t skipped)
{
    uint32_t word = skipped / 64, bit = skipped % 64;
    if (word > 18) return 0;
    uint64_t low = bit ? two_over_pi[word + 1] >> (64 - bit) : 0;
    return (two_over_pi[word] << bit | low) >> 11;
}

// Without the bits that times 2^scale are below the smallest denormal: rounded toward zero in all modes.
INLINE uint64_t toward_zero(uint64_t bits, int scale)
{
    int below = -1074 - scale;
    return below <= 0 ? bits : below < 53 ? bits >> below << below : 0;
}

// The segment whose product with the argument a matters, counted from the one that its exponent calls for.
VECTOR(v_trig_preop_f64)
{
    i32x16 exponent = CONVERT(exponent_bits_f64(load_f64(s0, l)), i32x16);
    i32x16 shift = (i32x16)(s1[0] & 31) * 53 + SELECT(exponent > 1077, exponent - 1077, (i32x16)0);
    i32x16 scale = -53 - shift + SELECT(exponent >= 1968, (i32x16)128, (i32x16)0);
    i32x16 high, low;
    for (int i = 0; i < 16; i++) {
        uint64_t bits = toward_zero(segment((uint32_t)shift[i]), scale[i]);
        high[i] = (int32_t)(bits >> 31);
        low[i] = (int32_t)(bits & INT32_MAX);
    }
    // In halves: the host's conversion of 64 bits makes zero -0 where it rounds down.
    f64x16 number = CONVERT(high, f64x16) * 0x1p31 + CONVERT(low, f64x16);
    store_f64(d, scale_f64(number, scale, l), l);
}
