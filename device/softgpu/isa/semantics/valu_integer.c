// 32- and 64-bit integer arithmetic, logic and shifts. "RDNA 2" ISA guide, sections 12.7, 12.8 and 12.11.
#include "valu.h"

UNARY(v_mov_b32, u32, a)
UNARY(v_not_b32, u32, ~a)
BINARY(v_and_b32, u32, a & b)
BINARY(v_or_b32, u32, a | b)
BINARY(v_xor_b32, u32, a ^ b)
BINARY(v_xnor_b32, u32, ~(a ^ b))
BINARY_OF(v_cndmask_b32, u32, u32, u32, SELECT(lanes32(l->mask_in), b, a))

// --- Addition and subtraction ---

SATURATING2(v_add_nc_u32, u32, u32, u32, a + b)
SATURATING2(v_sub_nc_u32, u32, u32, u32, a - b)
SATURATING2(v_subrev_nc_u32, u32, u32, u32, b - a)
SATURATING2(v_add_nc_i32, i32, i32, i32, a + b)
SATURATING2(v_sub_nc_i32, i32, i32, i32, a - b)

// a + b + carry. The highest bits tell what the addition of them carries: both are set, or one is and the
// sum's is not, for then a carry came in. (Compilers take masks that meet comparisons apart, bit by bit.)
INLINE void add_with_carry(u32x16 *d, u32x16 a, u32x16 b, i32x16 carry, struct lanes *l)
{
    u32x16 sum = a + b - (u32x16)carry;
    i32x16 overflow = (i32x16)((a & b) | ((a | b) & ~sum)) < 0;
    l->mask_out = LANE_BITS(overflow);
    d[0] = l->clamp ? sum | (u32x16)overflow : sum;
}

// a - b - borrow, like the above.
INLINE void subtract_with_borrow(u32x16 *d, u32x16 a, u32x16 b, i32x16 borrow, struct lanes *l)
{
    u32x16 difference = a - b + (u32x16)borrow;
    i32x16 overflow = (i32x16)((~a & b) | ((~a | b) & difference)) < 0;
    l->mask_out = LANE_BITS(overflow);
    d[0] = l->clamp ? difference & ~(u32x16)overflow : difference;
}

VECTOR(v_add_co_u32) { add_with_carry(d, s0[0], s1[0], (i32x16)0, l); }
VECTOR(v_sub_co_u32) { subtract_with_borrow(d, s0[0], s1[0], (i32x16)0, l); }
VECTOR(v_subrev_co_u32) { subtract_with_borrow(d, s1[0], s0[0], (i32x16)0, l); }
VECTOR(v_add_co_ci_u32) { add_with_carry(d, s0[0], s1[0], lanes32(l->mask_in), l); }
VECTOR(v_sub_co_ci_u32) { subtract_with_borrow(d, s0[0], s1[0], lanes32(l->mask_in), l); }
VECTOR(v_subrev_co_ci_u32) { subtract_with_borrow(d, s1[0], s0[0], lanes32(l->mask_in), l); }

TERNARY(v_add3_u32, u32, a + b + c)
TERNARY(v_lshl_add_u32, u32, (a << (b & 31)) + c)
TERNARY(v_add_lshl_u32, u32, (a + b) << (c & 31))
TERNARY(v_xad_u32, u32, (a ^ b) + c)
TERNARY(v_lshl_or_b32, u32, (a << (b & 31)) | c)
TERNARY(v_and_or_b32, u32, (a & b) | c)
TERNARY(v_or3_b32, u32, a | b | c)
TERNARY(v_xor3_b32, u32, a ^ b ^ c)

// --- Multiplication ---

#define HIGH(type, x, y) CONVERT((CONVERT(x, type##x16) * CONVERT(y, type##x16)) >> 32, u32x16)

BINARY(v_mul_lo_u32, u32, a * b)
BINARY(v_mul_hi_u32, u32, HIGH(u64, a, b))
BINARY_OF(v_mul_hi_i32, u32, i32, i32, HIGH(i64, a, b))
BINARY_OF(v_mul_hi_u32_u24, u32, u24, u24, HIGH(u64, a, b))
BINARY_OF(v_mul_hi_i32_i24, u32, i24, i24, HIGH(i64, a, b))
SATURATING2(v_mul_u32_u24, u32, u24, u24, a * b)
SATURATING2(v_mul_i32_i24, i32, i24, i24, a * b)
SATURATING3(v_mad_u32_u24, u32, u24, u24, u32, a * b + c)
SATURATING3(v_mad_i32_i24, i32, i24, i24, i32, a * b + c)
SATURATING3(v_mad_u32_u16, u32, u16, u16, u32, a * b + c)
SATURATING3(v_mad_i32_i16, i32, i16, i16, i32, a * b + c)

// Numbers of 64 bits of the even lanes, and of the odd ones: that is how hosts multiply, without moving
// lanes.
typedef uint64_t u64x8 __attribute__((ext_vector_type(8)));
#define LOW_HALF (u64x8) UINT32_MAX

VECTOR(v_mad_u64_u32)
{
    u64x8 a = (u64x8)s0[0], b = (u64x8)s1[0], low = (u64x8)s2[0], high = (u64x8)s2[1];
    u64x8 even_product = (a & LOW_HALF) * (b & LOW_HALF), odd_product = (a >> 32) * (b >> 32);
    u64x8 even = even_product + ((low & LOW_HALF) | high << 32);
    u64x8 odd = odd_product + (low >> 32 | (high & ~LOW_HALF));
    u64x8 even_carries = (u64x8)(even < even_product), odd_carries = (u64x8)(odd < odd_product);
    l->mask_out = LANE_BITS((i32x16)((even_carries & LOW_HALF) | (odd_carries & ~LOW_HALF)) != 0);
    d[0] = (u32x16)((even & LOW_HALF) | odd << 32);
    d[1] = (u32x16)(even >> 32 | (odd & ~LOW_HALF));
}

// The carry is the sign of the exact, 65-bit sum: it differs from the 64-bit one's where that overflowed.
VECTOR(v_mad_i64_i32)
{
    u64x16 product = (u64x16)(CONVERT((i32x16)s0[0], i64x16) * CONVERT((i32x16)s1[0], i64x16));
    u64x16 addend = load_u64(s2, l), sum = product + addend;
    u64x16 overflow = ~(product ^ addend) & (product ^ sum);
    l->mask_out = LANE_BITS((i64x16)(sum ^ overflow) < 0);
    store_u64(d, sum, l);
}

// --- Minimum, maximum, median ---

BINARY(v_min_u32, u32, MIN(a, b))
BINARY(v_max_u32, u32, MAX(a, b))
BINARY(v_min_i32, i32, MIN(a, b))
BINARY(v_max_i32, i32, MAX(a, b))
TERNARY(v_min3_u32, u32, MIN(MIN(a, b), c))
TERNARY(v_max3_u32, u32, MAX(MAX(a, b), c))
TERNARY(v_med3_u32, u32, MEDIAN(a, b, c))
TERNARY(v_min3_i32, i32, MIN(MIN(a, b), c))
TERNARY(v_max3_i32, i32, MAX(MAX(a, b), c))
TERNARY(v_med3_i32, i32, MEDIAN(a, b, c))

// --- Shifts: the count comes first ---

BINARY(v_lshlrev_b32, u32, b << (a & 31))
BINARY(v_lshrrev_b32, u32, b >> (a & 31))
BINARY_OF(v_ashrrev_i32, i32, u32, i32, b >> (i32x16)(a & 31))
BINARY_OF(v_lshlrev_b64, u64, u32, u64, b << CONVERT(a & 63, u64x16))
BINARY_OF(v_lshrrev_b64, u64, u32, u64, b >> CONVERT(a & 63, u64x16))
BINARY_OF(v_ashrrev_i64, i64, u32, i64, b >> CONVERT(a & 63, i64x16))
