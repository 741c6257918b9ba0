// Scalar reference: integers of all widths.
#include "valu_reference.h"

#define U32(name, expression)                                                                                \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        uint32_t a = u32(x, 0), b = u32(x, 1), c = u32(x, 2);                                                \
        (void)a, (void)b, (void)c;                                                                           \
        set_u32(x, (uint32_t)(expression));                                                                  \
    }
#define I32(name, expression)                                                                                \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        int64_t a = i32(x, 0), b = i32(x, 1), c = i32(x, 2);                                                 \
        (void)a, (void)b, (void)c;                                                                           \
        set_u32(x, (uint32_t)(expression));                                                                  \
    }
#define U16(name, expression)                                                                                \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        uint32_t a = u16(x, 0), b = u16(x, 1), c = u16(x, 2);                                                \
        (void)a, (void)b, (void)c;                                                                           \
        set_u32(x, (uint16_t)(expression));                                                                  \
    }
#define I16(name, expression)                                                                                \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        int32_t a = i16(x, 0), b = i16(x, 1), c = i16(x, 2);                                                 \
        (void)a, (void)b, (void)c;                                                                           \
        set_u32(x, (uint16_t)(expression));                                                                  \
    }

// What CLAMP makes saturate: `exact` is in 128 bits.
static __int128 bounded(const struct lane *x, __int128 exact, __int128 low, __int128 high)
{
    if (!x->clamp) return exact;
    return exact < low ? low : exact > high ? high : exact;
}
#define SATURATING(name, type, result, low, high, exact)                                                     \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        __int128 a = type(x, 0), b = type(x, 1), c = u32(x, 2);                                              \
        (void)c;                                                                                             \
        set_u32(x, (result)bounded(x, exact, low, high));                                                    \
    }
#define SATURATING_U32(name, exact) SATURATING(name, u32, uint32_t, 0, UINT32_MAX, exact)
#define SATURATING_I32(name, exact) SATURATING(name, i32, uint32_t, INT32_MIN, INT32_MAX, exact)
#define SATURATING_U16(name, exact) SATURATING(name, u16, uint16_t, 0, UINT16_MAX, exact)
#define SATURATING_I16(name, exact) SATURATING(name, i16, uint16_t, INT16_MIN, INT16_MAX, exact)

static __int128 least(__int128 a, __int128 b) { return a < b ? a : b; }
static __int128 most(__int128 a, __int128 b) { return a > b ? a : b; }
static __int128 middle(__int128 a, __int128 b, __int128 c)
{
    if ((a <= b && b <= c) || (c <= b && b <= a)) return b;
    if ((b <= a && a <= c) || (c <= a && a <= b)) return a;
    return c;
}

// --- Moves, logic, sums ---

U32(v_mov_b32, a)
U32(v_not_b32, ~a)
U32(v_and_b32, a &b)
U32(v_or_b32, a | b)
U32(v_xor_b32, a ^ b)
U32(v_xnor_b32, ~(a ^ b))
U32(v_cndmask_b32, x->mask_in ? b : a)
U32(v_add3_u32, a + b + c)
U32(v_lshl_add_u32, (a << b % 32) + c)
U32(v_add_lshl_u32, (a + b) << c % 32)
U32(v_xad_u32, (a ^ b) + c)
U32(v_lshl_or_b32, (a << b % 32) | c)
U32(v_and_or_b32, (a & b) | c)
U32(v_or3_b32, a | b | c)
U32(v_xor3_b32, a ^ b ^ c)

SATURATING_U32(v_add_nc_u32, a + b)
SATURATING_U32(v_sub_nc_u32, a - b)
SATURATING_U32(v_subrev_nc_u32, b - a)
SATURATING_I32(v_add_nc_i32, a + b)
SATURATING_I32(v_sub_nc_i32, a - b)
SATURATING_U16(v_add_nc_u16, a + b)
SATURATING_U16(v_sub_nc_u16, a - b)
SATURATING_I16(v_add_nc_i16, a + b)
SATURATING_I16(v_sub_nc_i16, a - b)

#define CARRY(name, exact)                                                                                   \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        int64_t a = u32(x, 0), b = u32(x, 1), carry = x->mask_in, sum = (exact);                             \
        (void)carry;                                                                                         \
        x->mask_out = sum < 0 || sum > UINT32_MAX;                                                           \
        set_u32(x, (uint32_t)bounded(x, sum, 0, UINT32_MAX));                                                \
    }
CARRY(v_add_co_u32, a + b)
CARRY(v_sub_co_u32, a - b)
CARRY(v_subrev_co_u32, b - a)
CARRY(v_add_co_ci_u32, a + b + carry)
CARRY(v_sub_co_ci_u32, a - b - carry)
CARRY(v_subrev_co_ci_u32, b - a - carry)

// --- Products ---

static int32_t i24(const struct lane *x, int i)
{
    int32_t v = i32(x, i) & 0xffffff;
    return v >= 0x800000 ? v - 0x1000000 : v;
}
static uint32_t u24(const struct lane *x, int i) { return u32(x, i) % 0x1000000; }

U32(v_mul_lo_u32, (uint64_t)a *b)
U32(v_mul_hi_u32, (uint64_t)a *b >> 32)
I32(v_mul_hi_i32, a *b >> 32)
DEFINE(v_mul_hi_u32_u24, COMPARE_BITS) { set_u32(x, (uint32_t)((uint64_t)u24(x, 0) * u24(x, 1) >> 32)); }
DEFINE(v_mul_hi_i32_i24, COMPARE_BITS) { set_u32(x, (uint32_t)((int64_t)i24(x, 0) * i24(x, 1) >> 32)); }
SATURATING(v_mul_u32_u24, u24, uint32_t, 0, UINT32_MAX, a *b)
SATURATING(v_mul_i32_i24, i24, uint32_t, INT32_MIN, INT32_MAX, a *b)
SATURATING(v_mad_u32_u24, u24, uint32_t, 0, UINT32_MAX, a *b + c)
SATURATING(v_mad_i32_i24, i24, uint32_t, INT32_MIN, INT32_MAX, a *b + (int32_t)c)
SATURATING(v_mad_u32_u16, u16, uint32_t, 0, UINT32_MAX, a *b + c)
SATURATING(v_mad_i32_i16, i16, uint32_t, INT32_MIN, INT32_MAX, a *b + (int32_t)c)
SATURATING_U16(v_mul_lo_u16, a *b)
SATURATING_U16(v_mad_u16, a *b + (uint16_t)c)
SATURATING_I16(v_mad_i16, a *b + (int16_t)c)

DEFINE(v_mad_u64_u32, COMPARE_BITS)
{
    unsigned __int128 sum = (unsigned __int128)u32(x, 0) * u32(x, 1) + u64(x, 2);
    x->mask_out = sum >> 64 & 1;
    set_u64(x, (uint64_t)sum);
}
DEFINE(v_mad_i64_i32, COMPARE_BITS)
{
    __int128 sum = (__int128)i32(x, 0) * i32(x, 1) + i64(x, 2);
    x->mask_out = sum >> 64 & 1;
    set_u64(x, (uint64_t)sum);
}

// --- Order ---

#define ORDER(type, TYPE)                                                                                    \
    TYPE(v_min_##type, least(a, b))                                                                          \
    TYPE(v_max_##type, most(a, b))                                                                           \
    TYPE(v_min3_##type, least(a, least(b, c)))                                                               \
    TYPE(v_max3_##type, most(a, most(b, c)))                                                                 \
    TYPE(v_med3_##type, middle(a, b, c))
ORDER(u32, U32)
ORDER(i32, I32)
ORDER(u16, U16)
ORDER(i16, I16)

// --- Shifts ---

U32(v_lshlrev_b32, b << a % 32)
U32(v_lshrrev_b32, b >> a % 32)
I32(v_ashrrev_i32, b >> (a & 31))
U16(v_lshlrev_b16, b << a % 16)
U16(v_lshrrev_b16, b >> a % 16)
I16(v_ashrrev_i16, b >> (a & 15))
DEFINE(v_lshlrev_b64, COMPARE_BITS) { set_u64(x, u64(x, 1) << u32(x, 0) % 64); }
DEFINE(v_lshrrev_b64, COMPARE_BITS) { set_u64(x, u64(x, 1) >> u32(x, 0) % 64); }
DEFINE(v_ashrrev_i64, COMPARE_BITS) { set_u64(x, (uint64_t)(i64(x, 1) >> u32(x, 0) % 64)); }

// --- Bits ---

static uint32_t mask(uint32_t width) { return (1u << width % 32) - 1; }

static uint32_t reversed(uint32_t v)
{
    uint32_t r = 0;
    for (int i = 0; i < 32; i++) r |= (v >> i & 1) << (31 - i);
    return r;
}

static uint32_t first_from_top(uint32_t v)
{
    for (int i = 0; i < 32; i++) {
        if (v >> (31 - i) & 1) return (uint32_t)i;
    }
    return UINT32_MAX;
}

static uint32_t first_unlike_sign(uint32_t v)
{
    for (int i = 1; i < 32; i++) {
        if ((v >> (31 - i) & 1) != v >> 31) return (uint32_t)i;
    }
    return UINT32_MAX;
}

static uint32_t first_from_bottom(uint32_t v)
{
    for (int i = 0; i < 32; i++) {
        if (v >> i & 1) return (uint32_t)i;
    }
    return UINT32_MAX;
}

static uint32_t count(uint64_t v)
{
    uint32_t n = 0;
    for (; v; v >>= 1) n += v & 1;
    return n;
}

static uint32_t sign_extended_field(int32_t v, uint32_t offset, uint32_t width)
{
    uint32_t field = (uint32_t)(v >> offset % 32) & mask(width);
    bool negative = width % 32 && field >> (width % 32 - 1) & 1;
    return negative ? field | ~mask(width) : field;
}

U32(v_bfe_u32, a >> b % 32 & mask(c))
U32(v_bfe_i32, sign_extended_field((int32_t)a, b, c))
U32(v_bfi_b32, (a & b) | (~a & c))
U32(v_bfm_b32, mask(a) << b % 32)
U32(v_bfrev_b32, reversed(a))
U32(v_ffbh_u32, first_from_top(a))
U32(v_ffbh_i32, first_unlike_sign(a))
U32(v_ffbl_b32, first_from_bottom(a))
U32(v_bcnt_u32_b32, count(a) + b)
U32(v_mbcnt_lo_u32_b32, count(a & ((1ull << x->number) - 1)) + b)
U32(v_mbcnt_hi_u32_b32, count((uint64_t)a << 32 & ((1ull << x->number) - 1)) + b)

// --- Bytes ---

static uint32_t byte(uint64_t v, int i) { return v >> i * 8 & 0xff; }

static uint32_t chosen_byte(uint64_t in, uint32_t selector)
{
    if (selector >= 13) return 0xff;
    if (selector == 12) return 0;
    if (selector >= 8) return byte(in, (int)(selector - 8) * 2 + 1) & 0x80 ? 0xff : 0;
    return byte(in, (int)selector);
}

static uint32_t permuted(uint64_t in, uint32_t selectors)
{
    uint32_t r = 0;
    for (int i = 0; i < 4; i++) r |= chosen_byte(in, byte(selectors, i)) << i * 8;
    return r;
}

static uint32_t averaged(uint32_t a, uint32_t b, uint32_t round)
{
    uint32_t r = 0;
    for (int i = 0; i < 4; i++) r |= (byte(a, i) + byte(b, i) + (byte(round, i) & 1)) / 2 << i * 8;
    return r;
}

U32(v_alignbit_b32, ((uint64_t)a << 32 | b) >> c % 32)
U32(v_alignbyte_b32, ((uint64_t)a << 32 | b) >> c % 4 * 8)
U32(v_perm_b32, permuted((uint64_t)a << 32 | b, c))
U32(v_lerp_u8, averaged(a, b, c))

// --- Sums of absolute differences ---

static uint64_t apart(uint64_t a, uint64_t b) { return a > b ? a - b : b - a; }

static uint64_t sad(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;
    for (int i = 0; i < 4; i++) sum += apart(byte(a, i), byte(b, i));
    return sum;
}

static uint64_t masked_sad(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;
    for (int i = 0; i < 4; i++) sum += byte(b, i) ? apart(byte(a, i), byte(b, i)) : 0;
    return sum;
}

SATURATING_U32(v_sad_u8, (__int128)sad(a, b) + c)
SATURATING_U32(v_sad_hi_u8, ((__int128)sad(a, b) << 16) + c)
SATURATING_U32(v_sad_u16, (__int128)apart(a & 0xffff, b & 0xffff) + apart(a >> 16, b >> 16) + c)
SATURATING_U32(v_sad_u32, (__int128)apart(a, b) + c)
SATURATING_U32(v_msad_u8, (__int128)masked_sad(a, b) + c)

#define QUAD_SAD_PACKED(name, sum)                                                                           \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        uint64_t r = 0;                                                                                      \
        for (int i = 0; i < 4; i++) {                                                                        \
            uint64_t v = sum(u64(x, 0) >> i * 8, u32(x, 1)) + (u64(x, 2) >> i * 16 & 0xffff);                \
            r |= (uint64_t)(uint16_t)bounded(x, v, 0, UINT16_MAX) << i * 16;                                 \
        }                                                                                                    \
        set_u64(x, r);                                                                                       \
    }
QUAD_SAD_PACKED(v_qsad_pk_u16_u8, sad)
QUAD_SAD_PACKED(v_mqsad_pk_u16_u8, masked_sad)

DEFINE(v_mqsad_u32_u8, COMPARE_BITS)
{
    for (int i = 0; i < 4; i++) {
        __int128 sum = (__int128)masked_sad(u64(x, 0) >> i * 8, u32(x, 1)) + x->s[2][i];
        x->d[i] = (uint32_t)bounded(x, sum, 0, UINT32_MAX);
    }
}

// --- Pairs and dot products ---

#define PAIR(name, type, low, high, exact)                                                                   \
    DEFINE(name, COMPARE_BITS)                                                                               \
    {                                                                                                        \
        uint32_t r = 0;                                                                                      \
        for (int i = 0; i < 32; i += 16) {                                                                   \
            int64_t a = (type)(u32(x, 0) >> i), b = (type)(u32(x, 1) >> i), c = (type)(u32(x, 2) >> i);      \
            (void)c;                                                                                         \
            r |= (uint32_t)(uint16_t)bounded(x, exact, low, high) << i;                                      \
        }                                                                                                    \
        set_u32(x, r);                                                                                       \
    }
#define PAIR_U16(name, exact) PAIR(name, uint16_t, 0, UINT16_MAX, exact)
#define PAIR_I16(name, exact) PAIR(name, int16_t, INT16_MIN, INT16_MAX, exact)
PAIR_U16(v_pk_add_u16, a + b)
PAIR_U16(v_pk_sub_u16, a - b)
PAIR_I16(v_pk_add_i16, a + b)
PAIR_I16(v_pk_sub_i16, a - b)
PAIR_U16(v_pk_mul_lo_u16, a *b)
PAIR_U16(v_pk_mad_u16, a *b + c)
PAIR_I16(v_pk_mad_i16, a *b + c)
PAIR_U16(v_pk_min_u16, least(a, b))
PAIR_U16(v_pk_max_u16, most(a, b))
PAIR_I16(v_pk_min_i16, least(a, b))
PAIR_I16(v_pk_max_i16, most(a, b))
PAIR_U16(v_pk_lshlrev_b16, (uint16_t)(b << a % 16))
PAIR_U16(v_pk_lshrrev_b16, b >> a % 16)
PAIR_I16(v_pk_ashrrev_i16, b >> (a & 15))

// Fields of `bits` bits as signed or unsigned numbers.
static int64_t field(uint32_t v, int i, int bits, bool is_signed)
{
    int64_t f = v >> i & ((1ll << bits) - 1);
    return is_signed && f >> (bits - 1) ? f - (1ll << bits) : f;
}

static int64_t dot(const struct lane *x, int bits, bool is_signed)
{
    int64_t sum = is_signed ? (int64_t)i32(x, 2) : (int64_t)u32(x, 2);
    for (int i = 0; i < 32; i += bits)
        sum += field(u32(x, 0), i, bits, is_signed) * field(u32(x, 1), i, bits, is_signed);
    return sum;
}
#define DOT_U(name, bits)                                                                                    \
    DEFINE(name, COMPARE_BITS) { set_u32(x, (uint32_t)bounded(x, dot(x, bits, false), 0, UINT32_MAX)); }
#define DOT_I(name, bits)                                                                                    \
    DEFINE(name, COMPARE_BITS) { set_u32(x, (uint32_t)bounded(x, dot(x, bits, true), INT32_MIN, INT32_MAX)); }
DOT_I(v_dot2_i32_i16, 16)
DOT_U(v_dot2_u32_u16, 16)
DOT_I(v_dot4_i32_i8, 8)
DOT_U(v_dot4_u32_u8, 8)
DOT_I(v_dot4c_i32_i8, 8)
DOT_I(v_dot8_i32_i4, 4)
DOT_U(v_dot8_u32_u4, 4)

// --- Comparisons ---

#define COMPARISON(name, T, condition)                                                                       \
    DEFINE(v_cmp_##name##_##T, COMPARE_BITS)                                                                 \
    {                                                                                                        \
        __int128 a = T(x, 0), b = T(x, 1);                                                                   \
        (void)a, (void)b;                                                                                    \
        x->mask_out = (condition);                                                                           \
    }
#define COMPARISONS(T)                                                                                       \
    COMPARISON(lt, T, a < b)                                                                                 \
    COMPARISON(eq, T, a == b)                                                                                \
    COMPARISON(le, T, a <= b)                                                                                \
    COMPARISON(gt, T, a > b)                                                                                 \
    COMPARISON(ne, T, a != b)                                                                                \
    COMPARISON(ge, T, a >= b)
#define COMPARISONS_AND_CONSTANTS(T)                                                                         \
    COMPARISON(f, T, false)                                                                                  \
    COMPARISONS(T)                                                                                           \
    COMPARISON(t, T, true)
COMPARISONS(u16)
COMPARISONS(i16)
COMPARISONS_AND_CONSTANTS(u32)
COMPARISONS_AND_CONSTANTS(i32)
COMPARISONS_AND_CONSTANTS(u64)
COMPARISONS_AND_CONSTANTS(i64)
