// Conversions. "RDNA 2" ISA guide, sections 12.7, 12.8 and 12.11.
#include "valu_host.h"

// --- Between floating-point types ---

UNARY_OF(v_cvt_f32_f64, f32, f64, CONVERT(a, f32x16))
UNARY_OF(v_cvt_f64_f32, f64, f32, CONVERT(a, f64x16))
UNARY_OF(v_cvt_f16_f32, f16, f32, a)
UNARY_OF(v_cvt_f32_f16, f32, f16, a)

#define PACK(low, high) ((low) | (high) << 16)

// The f32 cut to what f16 can represent, so that rounding has nothing left to do: 10 bits of significand, or
// multiples of 2^-24 where f16 is denormal; finite numbers stay finite.
INLINE f32x16 truncate_to_f16(f32x16 x)
{
    u32x16 magnitude = magnitude_bits_f32(x);
    f32x16 normal = (f32x16)(magnitude & ~(u32x16)0x1fff);
    f32x16 denormal = __builtin_elementwise_trunc((f32x16)magnitude * 0x1p24f) * 0x1p-24f;
    f32x16 result = SELECT((f32x16)magnitude < 0x1p-14f, denormal, normal);
    result = SELECT(result > 65504, (f32x16)65504, result);
    result = with_sign_f32((u32x16)result, (u32x16)x);
    return SELECT(nan_f32(x) | infinite_f32(x), x, result);
}

VECTOR(v_cvt_pkrtz_f16_f32)
{
    u32x16 low = round_f16(truncate_to_f16(load_f32(s0, l)), l);
    d[0] = PACK(low, round_f16(truncate_to_f16(load_f32(s1, l)), l));
}

// --- From integers ---

// Where the host has no conversion of unsigned ones, clang's way of doing without makes zero negative when
// rounding down. Both halves are exact, so there is one rounding.
#ifdef __AVX512F__
#define FROM_U32(a, type) CONVERT(a, type)
#else
#define HALF(a, type)     CONVERT((i32x16)(a), type)
#define FROM_U32(a, type) FUSED_MULTIPLY_ADD(HALF(a >> 16, type), (type)65536, HALF(a & 0xffff, type))
#endif

UNARY_OF(v_cvt_f32_i32, f32, i32, CONVERT(a, f32x16))
UNARY_OF(v_cvt_f32_u32, f32, u32, FROM_U32(a, f32x16))
UNARY_OF(v_cvt_f64_i32, f64, i32, CONVERT(a, f64x16))
UNARY_OF(v_cvt_f64_u32, f64, u32, FROM_U32(a, f64x16))
UNARY_OF(v_cvt_f16_i16, f16, i16, CONVERT(a, f32x16))
UNARY_OF(v_cvt_f16_u16, f16, u16, CONVERT(a, f32x16))
UNARY_OF(v_cvt_f32_ubyte0, f32, u32, CONVERT(a & 0xff, f32x16))
UNARY_OF(v_cvt_f32_ubyte1, f32, u32, CONVERT(a >> 8 & 0xff, f32x16))
UNARY_OF(v_cvt_f32_ubyte2, f32, u32, CONVERT(a >> 16 & 0xff, f32x16))
UNARY_OF(v_cvt_f32_ubyte3, f32, u32, CONVERT(a >> 24, f32x16))
UNARY_OF(v_cvt_off_f32_i4, f32, i32, CONVERT(a << 28 >> 28, f32x16) * 0x1p-4f)

// --- To integers: toward zero, saturating, NaN to 0 ---

// For types whose bounds the floating-point type F has exactly.
#define BOUNDED(F, x, low, high)                                                                             \
    __builtin_elementwise_min(__builtin_elementwise_max(SELECT((x) == (x), x, (F)0), (F)(low)), (F)(high))

// The nearest whole number, halves up. Adding 0.5 could round up what lies just below a half.
INLINE f32x16 round_half_up(f32x16 x)
{
    f32x16 whole = __builtin_elementwise_floor(x);
    return whole + SELECT(x - whole >= 0.5f, (f32x16)1, (f32x16)0);
}

UNARY_OF(v_cvt_i32_f32, i32, f32, to_i32(a))
UNARY_OF(v_cvt_u32_f32, u32, f32, to_u32(a))
UNARY_OF(v_cvt_rpi_i32_f32, i32, f32, to_i32(round_half_up(a)))
UNARY_OF(v_cvt_flr_i32_f32, i32, f32, to_i32(__builtin_elementwise_floor(a)))
UNARY_OF(v_cvt_i32_f64, i32, f64, CONVERT(BOUNDED(f64x16, a, INT32_MIN, INT32_MAX), i32x16))
UNARY_OF(v_cvt_u32_f64, u32, f64, CONVERT(BOUNDED(f64x16, a, 0, UINT32_MAX), u32x16))
UNARY_OF(v_cvt_i16_f16, i16, f16, CONVERT(CONVERT(BOUNDED(f32x16, a, INT16_MIN, INT16_MAX), i32x16), i16x16))
UNARY_OF(v_cvt_u16_f16, u16, f16, CONVERT(CONVERT(BOUNDED(f32x16, a, 0, UINT16_MAX), i32x16), u16x16))

// Rounded as the mode says.
INLINE u32x16 to_u8(f32x16 x)
{
    return CONVERT(BOUNDED(f32x16, __builtin_elementwise_nearbyint(x), 0, UINT8_MAX), u32x16);
}

INLINE u32x16 insert_byte(u32x16 byte, u32x16 index, u32x16 word)
{
    u32x16 shift = (index & 3) * 8;
    return (word & ~((u32x16)0xff << shift)) | byte << shift;
}
TERNARY_OF(v_cvt_pk_u8_f32, u32, f32, u32, u32, insert_byte(to_u8(a), b, c))

// --- Normalized and packed integers ---

// [-1, 1] to [-32767, 32767] and [0, 1] to [0, 65535], to the nearest. The product is exact in f64.
INLINE u32x16 to_snorm16(f32x16 x)
{
    f64x16 product = CONVERT(BOUNDED(f32x16, x, -1, 1), f64x16) * INT16_MAX;
    return (u32x16)CONVERT(__builtin_elementwise_roundeven(product), i32x16) & 0xffff;
}

INLINE u32x16 to_unorm16(f32x16 x)
{
    f64x16 product = CONVERT(BOUNDED(f32x16, x, 0, 1), f64x16) * UINT16_MAX;
    return CONVERT(__builtin_elementwise_roundeven(product), u32x16);
}

INLINE u32x16 saturate_u8(i16x16 x)
{
    i16x16 bounded = __builtin_elementwise_min(__builtin_elementwise_max(x, (i16x16)0), (i16x16)UINT8_MAX);
    return CONVERT(bounded, u32x16);
}

UNARY_OF(v_cvt_norm_i16_f16, u32, f16, to_snorm16(a))
UNARY_OF(v_cvt_norm_u16_f16, u32, f16, to_unorm16(a))
BINARY_OF(v_cvt_pknorm_i16_f16, u32, f16, f16, PACK(to_snorm16(a), to_snorm16(b)))
BINARY_OF(v_cvt_pknorm_u16_f16, u32, f16, f16, PACK(to_unorm16(a), to_unorm16(b)))
BINARY_OF(v_cvt_pknorm_i16_f32, u32, f32, f32, PACK(to_snorm16(a), to_snorm16(b)))
BINARY_OF(v_cvt_pknorm_u16_f32, u32, f32, f32, PACK(to_unorm16(a), to_unorm16(b)))

#define BOUND_U16(x) MIN(x, (u32x16)UINT16_MAX)
#define BOUND_I16(x) ((u32x16)MAX(MIN(x, (i32x16)INT16_MAX), (i32x16)INT16_MIN) & 0xffff)

BINARY(v_cvt_pk_u16_u32, u32, PACK(BOUND_U16(a), BOUND_U16(b)))
BINARY_OF(v_cvt_pk_i16_i32, u32, i32, i32, PACK(BOUND_I16(a), BOUND_I16(b)))
BINARY(v_pack_b32_f16, u32, PACK(a & 0xffff, b))
UNARY_OF(v_sat_pk_u8_i16, u32, u32,
         saturate_u8(CONVERT(a, i16x16)) | saturate_u8(CONVERT(a >> 16, i16x16)) << 8)
