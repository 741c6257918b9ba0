// Words of texels in memory, by the addresses of a slice of 16 lanes; and what those of normalised formats
// come to.
#pragma once

#include "device/softgpu/isa/semantics/quarters.h"

// Of lanes that are not to read, another one's: so all can.
static inline u64x16 addresses_filled(const u64x16 *address, uint16_t lanes)
{
    u64x16 another = (u64x16){0} + (*address)[__builtin_ctz(lanes)];
    return __builtin_convertvector(exec_lanes(lanes), i64x16) != 0 ? *address : another;
}

static inline u32x16 words_masked(u32x16 words, uint16_t lanes)
{
    return __builtin_convertvector(exec_lanes(lanes), i32x16) != 0 ? words : (u32x16){0};
}

// Values of the type at each lane's address: a register is filled lane by lane, without memory in between.
#define AT(type, i) *(const type *)from[i]
#define AT_ALL(type)                                                                                         \
    {AT(type, 0),  AT(type, 1),  AT(type, 2),  AT(type, 3), AT(type, 4),  AT(type, 5),                       \
     AT(type, 6),  AT(type, 7),  AT(type, 8),  AT(type, 9), AT(type, 10), AT(type, 11),                      \
     AT(type, 12), AT(type, 13), AT(type, 14), AT(type, 15)}

HOST_ACCESS u32x16 bytes_at(u64x16 from) { return (u32x16)AT_ALL(uint8_t); }
HOST_ACCESS u32x16 shorts_at(u64x16 from) { return (u32x16)AT_ALL(host_u16); }
HOST_ACCESS u32x16 words_at(u64x16 from) { return (u32x16)AT_ALL(host_u32); }
HOST_ACCESS u64x16 pairs_at(u64x16 from) { return (u64x16)AT_ALL(host_u64); }

// Quadruples from anywhere.
#define QUADRUPLES_AT(n)                                                                                     \
    quarters_join(AT(host_u32x4, n), AT(host_u32x4, n + 4), AT(host_u32x4, n + 8), AT(host_u32x4, n + 12))
HOST_ACCESS void quadruples_read(u32x16 words[4], u64x16 from)
{
    const u32x16 rows[] = {QUADRUPLES_AT(0), QUADRUPLES_AT(1), QUADRUPLES_AT(2), QUADRUPLES_AT(3)};
    quadruples_to_words(rows, words);
}

HOST_ACCESS void words_read(u32x16 words[4], u64x16 from, unsigned bytes)
{
    switch (bytes) {
    case 1:
        words[0] = bytes_at(from);
        break;
    case 2:
        words[0] = shorts_at(from);
        break;
    case 4:
        words[0] = words_at(from);
        break;
    case 8: {
        u64x16 pairs = pairs_at(from);
        words[0] = __builtin_convertvector(pairs, u32x16);
        words[1] = __builtin_convertvector(pairs >> 32, u32x16);
        break;
    }
    case 12:
        for (unsigned k = 0; k < 3; k++) words[k] = words_at(from + 4 * k);
        break;
    default:
        quadruples_read(words, from);
    }
}

// Lane by lane, in their order: some may share a texel.
HOST_ACCESS void words_write(const u32x16 *words, u64x16 to, uint16_t lanes, unsigned count)
{
    EACH_LANE(i, lanes)
    {
        host_u32 *texel = (host_u32 *)to[i];
        for (unsigned k = 0; k < count; k++) texel[k] = words[k][i];
    }
}

// field / (2^bits - 1), correctly rounded, of fields of `bits` bits: the first product is exact, the second
// too small to round the sum wrongly. (Tried for all fields of 1, 2, 5, 6, 8, 10, 11 and 16 bits, which are
// all that formats have.)
static inline f32x16 unorm_float(u32x16 field, unsigned bits)
{
    const double ones = (double)((1ull << bits) - 1), whole = 1 / (ones + 1), rest = 1 / ones - whole;
    f32x16 value = __builtin_convertvector(__builtin_bit_cast(i32x16, field), f32x16);
    return value * (float)whole + value * (float)rest;
}

// The nearest integer to value * (2^bits - 1), to nearest even, of values from 0 to 1 and fields of up to 16
// bits: the product is rounded once, and where that has made it lie just between two integers, what was lost
// decides. A NaN is 0.
static inline u32x16 unorm_field(f32x16 value, unsigned bits)
{
    const f32x16 zero = {0};
    value = value > 0 ? value : zero;
    value = value < 1 ? value : zero + 1;
    f32x16 large = value * (float)(1ull << bits), product = large - value, lost = (large - product) - value;
    f32x16 below = __builtin_elementwise_floor(product), nearest = __builtin_elementwise_roundeven(product);
    f32x16 decided = lost > 0 ? below + 1 : lost < 0 ? below : nearest;
    nearest = product - below == 0.5f ? decided : nearest;
    return __builtin_bit_cast(u32x16, __builtin_convertvector(nearest, i32x16));
}
