// Bit fields, bit counts, bytes: selection, averages and sums of absolute differences. "RDNA 2" ISA guide,
// sections 12.8 and 12.11.
#include "valu.h"

// --- Bit fields ---

// A width of 0 gives 0. What lies beyond bit 31 is zero or, for v_bfe_i32, the sign.
INLINE i32x16 extract_signed(i32x16 value, u32x16 offset, u32x16 width)
{
    i32x16 unused = (i32x16)(-width & 31);
    i32x16 field = value >> (i32x16)(offset & 31);
    return SELECT((width & 31) == 0, (i32x16)0, (field << unused) >> unused);
}

TERNARY(v_bfe_u32, u32, (a >> (b & 31)) & (((u32x16)1 << (c & 31)) - 1))
TERNARY_OF(v_bfe_i32, i32, i32, u32, u32, extract_signed(a, b, c))
TERNARY(v_bfi_b32, u32, (a & b) | (~a & c))
BINARY(v_bfm_b32, u32, (((u32x16)1 << (a & 31)) - 1) << (b & 31))
UNARY(v_bfrev_b32, u32, __builtin_elementwise_bitreverse(a))

// --- Bit counts ---

#define NONE (~(u32x16)0) // no bit found

INLINE u32x16 find_high(u32x16 v) { return __builtin_elementwise_clzg(v, NONE); }

UNARY(v_ffbh_u32, u32, find_high(a))
UNARY_OF(v_ffbh_i32, u32, i32, find_high((u32x16)(a ^ a >> 31)))
UNARY(v_ffbl_b32, u32, __builtin_elementwise_ctzg(a, NONE))
BINARY(v_bcnt_u32_b32, u32, __builtin_elementwise_popcount(a) + b)

// Bits of lanes below each lane, counting from lane `first` of the wave; at most 32 of them.
INLINE u32x16 lanes_below(const struct lanes *l, int first)
{
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    i32x16 count = lane + (l->first_lane - first);
    u32x16 some = ((u32x16)1 << ((u32x16)count & 31)) - 1;
    return SELECT(count <= 0, (u32x16)0, SELECT(count >= 32, ~(u32x16)0, some));
}

BINARY(v_mbcnt_lo_u32_b32, u32, __builtin_elementwise_popcount(lanes_below(l, 0) & a) + b)
BINARY(v_mbcnt_hi_u32_b32, u32, __builtin_elementwise_popcount(lanes_below(l, 32) & a) + b)

// --- Bytes ---

// The low dword of high:low shifted right by count, which is below 32.
INLINE u32x16 funnel_shift(u32x16 high, u32x16 low, u32x16 count)
{
    return __builtin_elementwise_fshr(high, low, count);
}

TERNARY(v_alignbit_b32, u32, funnel_shift(a, b, c & 31))
// The guide has the count as S2[4:0]; as a byte position within a dword it can only be S2[1:0].
TERNARY(v_alignbyte_b32, u32, funnel_shift(a, b, (c & 3) * 8))

// One byte of {high, low}: 0-7 that byte; 8-11 the sign of byte 1, 3, 5, 7 in every bit; 12 zero; above,
// ones.
INLINE u32x16 select_byte(u32x16 high, u32x16 low, u32x16 selector)
{
    u32x16 byte = SELECT((selector & 4) != 0, high, low) >> (selector & 3) * 8;
    u32x16 word = SELECT((selector & 2) != 0, high, low) << (~selector & 1) * 16;
    u32x16 sign = (u32x16)((i32x16)word >> 31);
    u32x16 constant = SELECT(selector == 12, (u32x16)0, ~(u32x16)0);
    return SELECT(selector < 8, byte, SELECT(selector < 12, sign, constant)) & 0xff;
}

INLINE u32x16 permute_bytes(u32x16 high, u32x16 low, u32x16 selectors)
{
    u32x16 result = (u32x16)0;
    UNROLLED
    for (int i = 0; i < 32; i += 8) {
        result |= select_byte(high, low, selectors >> i & 0xff) << i;
    }
    return result;
}
TERNARY(v_perm_b32, u32, permute_bytes(a, b, c))

// Averages of bytes; the low bit of each byte of `round` rounds up. x + y = 2 (x & y) + (x ^ y).
INLINE u32x16 average_bytes(u32x16 x, u32x16 y, u32x16 round)
{
    u32x16 differ = x ^ y;
    return (x & y) + (differ >> 1 & 0x7f7f7f7f) + (differ & round & 0x01010101);
}
TERNARY(v_lerp_u8, u32, average_bytes(a, b, c))

// --- Sums of absolute differences ---

INLINE u32x16 difference(u32x16 x, u32x16 y) { return SELECT(x > y, x - y, y - x); }

INLINE u32x16 sum_differences(u32x16 x, u32x16 y, int bits)
{
    u32x16 field = (u32x16)((1u << bits) - 1), sum = (u32x16)0;
    UNROLLED
    for (int i = 0; i < 32; i += bits) sum += difference(x >> i & field, y >> i & field);
    return sum;
}

// Where a byte of the reference is zero it does not count.
INLINE u32x16 sum_masked_differences(u32x16 x, u32x16 reference)
{
    u32x16 sum = (u32x16)0;
    UNROLLED
    for (int i = 0; i < 32; i += 8) {
        u32x16 r = reference >> i & 0xff;
        sum += SELECT(r == 0, r, difference(x >> i & 0xff, r));
    }
    return sum;
}

INLINE u32x16 accumulate(u32x16 x, u32x16 y, const struct lanes *l)
{
    return l->clamp ? __builtin_elementwise_add_sat(x, y) : x + y;
}

TERNARY(v_sad_u8, u32, accumulate(sum_differences(a, b, 8), c, l))
TERNARY(v_sad_hi_u8, u32, accumulate(sum_differences(a, b, 8) << 16, c, l))
TERNARY(v_sad_u16, u32, accumulate(sum_differences(a, b, 16), c, l))
TERNARY(v_sad_u32, u32, accumulate(difference(a, b), c, l))
TERNARY(v_msad_u8, u32, accumulate(sum_masked_differences(a, b), c, l))

// The four dwords that begin at bytes 0-3 of the quadword `s`.
INLINE u32x16 dword_at_byte(const u32x16 *s, int i)
{
    return i ? s[0] >> i * 8 | s[1] << (32 - i * 8) : s[0];
}

INLINE u32x16 accumulate_short(u32x16 x, u32x16 y, const struct lanes *l)
{
    u32x16 sum = x + y;
    return l->clamp ? __builtin_elementwise_min(sum, (u32x16)0xffff) : sum & 0xffff;
}

#define QUAD_SAD_PACKED(name, sum_of)                                                                        \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        u32x16 r[4];                                                                                         \
        for (int i = 0; i < 4; i++) {                                                                        \
            u32x16 addend = s2[i / 2] >> (i % 2 * 16) & 0xffff;                                              \
            r[i] = accumulate_short(sum_of, addend, l);                                                      \
        }                                                                                                    \
        d[0] = r[0] | r[1] << 16;                                                                            \
        d[1] = r[2] | r[3] << 16;                                                                            \
    }
QUAD_SAD_PACKED(v_qsad_pk_u16_u8, sum_differences(dword_at_byte(s0, i), s1[0], 8))
QUAD_SAD_PACKED(v_mqsad_pk_u16_u8, sum_masked_differences(dword_at_byte(s0, i), s1[0]))

VECTOR(v_mqsad_u32_u8)
{
    u32x16 r[4];
    for (int i = 0; i < 4; i++) {
        r[i] = accumulate(sum_masked_differences(dword_at_byte(s0, i), s1[0]), s2[i], l);
    }
    for (int i = 0; i < 4; i++) d[i] = r[i];
}
