// a * b + c times a power of two, of f64, rounded once in any mode, in integers: where the host's FMA would
// flush what comes in, or round before it is scaled.
#pragma once

#include "valu.h"

typedef unsigned __int128 uint128;

// The number significand * 2^exponent.
struct wide {
    uint128 significand;
    int exponent;
    bool negative;
};

enum {
    TOP = 125, // the highest bit of significands that are added
    F64_PRECISION = 53,
    F64_LEAST = -1074, // the exponent of the smallest denormal
};
enum rounding { ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_TO_ZERO }; // as MODE has them

INLINE int highest_bit(uint128 x)
{
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    return high ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll(low);
}

INLINE struct wide wide_of(uint128 significand, int exponent, bool negative)
{
    int shift = significand ? TOP - highest_bit(significand) : 0;
    return (struct wide){significand << shift, exponent - shift, negative};
}

// Of a finite number's bits.
INLINE uint64_t significand_f64(uint64_t x)
{
    uint64_t fraction = x & ((1ull << (F64_PRECISION - 1)) - 1);
    return x << 1 >> F64_PRECISION ? fraction | 1ull << (F64_PRECISION - 1) : fraction;
}
INLINE int exponent_f64(uint64_t x)
{
    int biased = (int)(x << 1 >> F64_PRECISION);
    return F64_LEAST - 1 + (biased ? biased : 1);
}

// Shifted right; the last bit is set if any that was is lost.
INLINE uint128 shift_odd(uint128 x, int by)
{
    if (by > TOP) return x != 0;
    uint128 shifted = x >> by;
    return shifted | (shifted << by != x);
}

// What is lost lies far below where the sum is rounded: where much cancels out, nothing is.
INLINE struct wide wide_add(struct wide x, struct wide y)
{
    if (x.significand == 0 || (y.significand != 0 && y.exponent > x.exponent)) {
        struct wide larger = y;
        y = x;
        x = larger;
    }
    y.significand = shift_odd(y.significand, y.significand ? x.exponent - y.exponent : 0);
    if (x.negative == y.negative) {
        x.significand += y.significand;
    } else if (x.significand >= y.significand) {
        x.significand -= y.significand;
    } else {
        x.significand = y.significand - x.significand;
        x.negative = y.negative;
    }
    return x;
}

// Whether a number that ends in `rest`, two bits below the last one that is kept, is rounded away from zero.
INLINE bool rounds_away(unsigned rest, bool odd, bool negative, enum rounding rounding)
{
    if (rounding == ROUND_NEAREST) return rest > 2 || (rest == 2 && odd);
    return rest && rounding == (negative ? ROUND_DOWN : ROUND_UP);
}

// The bits of the f64 that x is rounded to. A significand that is carried to 2^53 counts on in the exponent.
INLINE uint64_t round_f64(struct wide x, enum rounding rounding)
{
    const uint64_t infinity = 0x7ffull << (F64_PRECISION - 1), sign = (uint64_t)x.negative << 63;
    if (x.significand == 0) return sign;
    int precise = highest_bit(x.significand) - F64_PRECISION + 1, least = F64_LEAST - x.exponent;
    int by = precise > least ? precise : least, exponent = x.exponent + by - F64_LEAST;
    uint128 kept = by < 2 ? x.significand << (2 - by) : shift_odd(x.significand, by - 2);
    unsigned rest = kept & 3, odd = kept >> 2 & 1;
    uint64_t bits = (uint64_t)(kept >> 2) + rounds_away(rest, odd, x.negative, rounding);
    bits += exponent < 2047 ? (uint64_t)exponent << (F64_PRECISION - 1) : infinity;
    if (bits < infinity) return sign | bits;
    bool infinite = rounding == ROUND_NEAREST || rounding == (x.negative ? ROUND_DOWN : ROUND_UP);
    return sign | (infinite ? infinity : infinity - 1);
}

// a * b + c times 2^scale of finite numbers' bits.
INLINE uint64_t multiply_add_scaled(uint64_t a, uint64_t b, uint64_t c, int scale, enum rounding rounding)
{
    struct wide product = wide_of((uint128)significand_f64(a) * significand_f64(b),
                                  exponent_f64(a) + exponent_f64(b), (a ^ b) >> 63);
    struct wide sum = wide_add(product, wide_of(significand_f64(c), exponent_f64(c), c >> 63));
    bool cancelled = sum.significand == 0 && (a ^ b ^ c) >> 63;
    if (cancelled) sum.negative = rounding == ROUND_DOWN;
    sum.exponent += scale;
    return round_f64(sum, rounding);
}
