// Packed 16-bit arithmetic and dot products. "RDNA 2" ISA guide, section 12.10.
#include "valu_float.h"

// --- Pairs of integers ---

SATURATING2(v_pk_add_u16, pk_u16, pk_u16, pk_u16, a + b)
SATURATING2(v_pk_sub_u16, pk_u16, pk_u16, pk_u16, a - b)
SATURATING2(v_pk_add_i16, pk_i16, pk_i16, pk_i16, a + b)
SATURATING2(v_pk_sub_i16, pk_i16, pk_i16, pk_i16, a - b)
SATURATING2(v_pk_mul_lo_u16, pk_u16, pk_u16, pk_u16, a * b)
SATURATING3(v_pk_mad_u16, pk_u16, pk_u16, pk_u16, pk_u16, a * b + c)
SATURATING3(v_pk_mad_i16, pk_i16, pk_i16, pk_i16, pk_i16, a * b + c)
BINARY(v_pk_min_u16, pk_u16, MIN(a, b))
BINARY(v_pk_max_u16, pk_u16, MAX(a, b))
BINARY(v_pk_min_i16, pk_i16, MIN(a, b))
BINARY(v_pk_max_i16, pk_i16, MAX(a, b))
BINARY(v_pk_lshlrev_b16, pk_u16, b << (a & 15))
BINARY(v_pk_lshrrev_b16, pk_u16, b >> (a & 15))
BINARY(v_pk_ashrrev_i16, pk_i16, b >> (a & 15))

// --- Pairs of f16: the expression is evaluated for each half ---

INLINE f32x16 load_half(const u32x16 *s, int half, const struct lanes *l)
{
    u32x16 bits = s[0] >> half * 16;
    return load_raw_f16(&bits, l);
}

#define PACKED2(name, expression)                                                                            \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        u32x16 result = (u32x16)0;                                                                           \
        UNROLLED                                                                                             \
        for (int half = 0; half < 2; half++) {                                                               \
            f32x16 a = load_half(s0, half, l), b = load_half(s1, half, l);                                   \
            result |= round_f16(expression, l) << half * 16;                                                 \
        }                                                                                                    \
        d[0] = result;                                                                                       \
    }
#define PACKED3(name, expression)                                                                            \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        u32x16 result = (u32x16)0;                                                                           \
        UNROLLED                                                                                             \
        for (int half = 0; half < 2; half++) {                                                               \
            f32x16 a = load_half(s0, half, l), b = load_half(s1, half, l), c = load_half(s2, half, l);       \
            result |= round_f16(expression, l) << half * 16;                                                 \
        }                                                                                                    \
        d[0] = result;                                                                                       \
    }

PACKED2(v_pk_add_f16, a + b)
PACKED2(v_pk_mul_f16, a * b)
PACKED2(v_pk_min_f16, minimum_f32(a, b, l))
PACKED2(v_pk_max_f16, maximum_f32(a, b, l))
PACKED3(v_pk_fma_f16, multiply_add_for_f16(a, b, c))
PACKED3(v_pk_fmac_f16, multiply_add_for_f16(a, b, c))

// --- Dot products, added to the third source ---

// Products of f16 are exact in f32; each sum is rounded.
INLINE f32x16 dot_f16(const u32x16 *s0, const u32x16 *s1, const u32x16 *s2, const struct lanes *l)
{
    f32x16 low = load_half(s0, 0, l) * load_half(s1, 0, l), high = load_half(s0, 1, l) * load_half(s1, 1, l);
    return low + high + load_f32(s2, l);
}
VECTOR(v_dot2_f32_f16) { store_f32(d, dot_f16(s0, s1, s2, l), l); }
VECTOR(v_dot2c_f32_f16) { store_f32(d, dot_f16(s0, s1, s2, l), l); }

// The fields of `bits` bits from bit `i` on, in the top of the dword and back down, so that signed ones are
// extended.
#define FIELD(x, i, bits) ((x) << (32 - (bits) - (i)) >> (32 - (bits)))

#define PRODUCT(i, bits) (FIELD(a, i, bits) * FIELD(b, i, bits))

#define DOT(name, T, bits)                                                                                   \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        vec_##T a = load_##T(s0, l), b = load_##T(s1, l);                                                    \
        if (l->clamp) {                                                                                      \
            wide_##T sum = CONVERT(load_##T(s2, l), wide_##T);                                               \
            UNROLLED                                                                                         \
            for (int i = 0; i < 32; i += (bits)) sum += CONVERT(PRODUCT(i, bits), wide_##T);                 \
            store_##T(d, saturate_##T(sum), l);                                                              \
        } else {                                                                                             \
            u32x16 sum = s2[0];                                                                              \
            UNROLLED                                                                                         \
            for (int i = 0; i < 32; i += (bits)) sum += (u32x16)PRODUCT(i, bits);                            \
            d[0] = sum;                                                                                      \
        }                                                                                                    \
    }
DOT(v_dot2_i32_i16, i32, 16)
DOT(v_dot2_u32_u16, u32, 16)
DOT(v_dot4_i32_i8, i32, 8)
DOT(v_dot4_u32_u8, u32, 8)
DOT(v_dot4c_i32_i8, i32, 8)
DOT(v_dot8_i32_i4, i32, 4)
DOT(v_dot8_u32_u4, u32, 4)
