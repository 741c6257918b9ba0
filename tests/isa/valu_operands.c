#include "valu_operands.h"

#include <stdlib.h>

// The floating-point layout of a type; halves: how many f16 a register holds.
struct format {
    int significand_bits, exponent_bits, halves;
};

static struct format format_of(int type)
{
    switch (type) {
    case TYPE_F16:
        return (struct format){10, 5, 1};
    case TYPE_PK_F16:
        return (struct format){10, 5, 2};
    case TYPE_F32:
        return (struct format){23, 8, 0};
    case TYPE_F64:
        return (struct format){52, 11, 0};
    default:
        return (struct format){0};
    }
}

int operand_dwords(int type)
{
    switch (type) {
    case TYPE_NONE:
    case TYPE_LANE_MASK:
        return 0;
    case TYPE_B64:
    case TYPE_U64:
    case TYPE_I64:
    case TYPE_F64:
        return 2;
    case TYPE_B128:
        return 4;
    default:
        return 1;
    }
}

bool operand_is_integer(int type)
{
    return type != TYPE_NONE && type != TYPE_LANE_MASK && !operand_is_float(type);
}
bool operand_is_float(int type) { return format_of(type).significand_bits > 0; }

static bool is_short(int type) { return type == TYPE_B16 || type == TYPE_U16 || type == TYPE_I16; }

// --- Picking ---

uint32_t operand_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state = state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(state >> 33) ^ (uint32_t)(state >> 21) << 16;
}

static uint64_t random64(void) { return operand_random() | (uint64_t)operand_random() << 32; }

// Fields that a floating-point edge value is made of: exponents at and around the ends, 1 and 2, whole
// numbers at the limits of integers; significands at the ends, quiet and signalling NaNs among them.
static uint64_t float_edge(struct format f)
{
    const int bias = (1 << (f.exponent_bits - 1)) - 1, max = 2 * bias + 1;
    const int exponents[] = {
        0,        0,        1,         2,         bias - 24, bias - 2,  bias - 1,  bias,
        bias + 1, bias + 4, bias + 10, bias + 15, bias + 23, bias + 31, bias + 32, bias * 3 / 2,
        bias / 2, bias / 8, max - 24,  max - 2,   max - 1,   max};
    const uint64_t ones = (1ull << f.significand_bits) - 1, top = 1ull << (f.significand_bits - 1);
    const uint64_t significands[] = {
        0, 0, 0, 1, ones, ones - 1, top, top + 1, top - 1, top >> 1, random64() & ones};
    int exponent = exponents[operand_random() % (sizeof exponents / sizeof exponents[0])];
    if (exponent < 0 || exponent > max) exponent = bias;
    uint64_t significand = significands[operand_random() % (sizeof significands / sizeof significands[0])];
    uint64_t sign = operand_random() % 2;
    return (sign << f.exponent_bits | (uint64_t)exponent) << f.significand_bits | significand;
}

// Exponents near 1, so that sums and products are ordinary numbers.
static uint64_t float_ordinary(struct format f)
{
    uint64_t exponent = (1u << (f.exponent_bits - 1)) - 9 + operand_random() % 16;
    uint64_t sign = operand_random() % 2, significand = random64() & ((1ull << f.significand_bits) - 1);
    return (sign << f.exponent_bits | exponent) << f.significand_bits | significand;
}

static uint64_t float_pick(struct format f)
{
    unsigned choice = operand_random() % 8;
    return choice < 4 ? float_edge(f) : choice < 6 ? float_ordinary(f) : random64();
}

// Powers of two and their neighbours, small numbers of both signs, everything.
static uint64_t integer_pick(int bits)
{
    unsigned choice = operand_random() % 4;
    if (choice == 0) return (1ull << operand_random() % (unsigned)bits) + operand_random() % 3 - 1;
    if (choice == 1) return (uint64_t)(int64_t)((int)(operand_random() % 80) - 40);
    if (choice == 2) return (uint64_t)(int64_t)((int)(operand_random() % 5000) - 2500);
    return random64() & random64() % 4 * 0x5555555555555555;
}

void operand_pick(uint32_t v[4], int type)
{
    struct format f = format_of(type);
    for (int k = 0; k < 4; k++) v[k] = operand_random();
    if (operand_random() % 8 == 0) f = (struct format){0}; // also where an f16 source is an exponent
    if (f.halves) {
        v[0] = (uint32_t)(float_pick(f) & 0xffff);
        v[0] |= f.halves == 2 ? (uint32_t)float_pick(f) << 16 : operand_random() << 16;
    } else if (is_short(type) || type == TYPE_PK_U16 || type == TYPE_PK_I16 || type == TYPE_PK_B16) {
        v[0] = (uint32_t)(integer_pick(16) & 0xffff) | (uint32_t)integer_pick(16) << 16;
    } else if (type != TYPE_B128) {
        uint64_t bits =
            f.significand_bits ? float_pick(f) : integer_pick(operand_dwords(type) == 2 ? 64 : 32);
        v[0] = (uint32_t)bits;
        if (operand_dwords(type) == 2) v[1] = (uint32_t)(bits >> 32);
    }
}

// --- Flushing ---

static uint64_t flushed(uint64_t bits, struct format f)
{
    uint64_t exponent = bits >> f.significand_bits & ((1u << f.exponent_bits) - 1);
    int sign = f.significand_bits + f.exponent_bits;
    return exponent ? bits : bits >> sign << sign;
}

void operand_flush(uint32_t v[4], int type)
{
    struct format f = format_of(type);
    if (f.halves)
        v[0] = (uint32_t)(flushed(v[0] & 0xffff, f) | flushed(v[0] >> 16, f) << 16);
    else if (type == TYPE_F64) {
        uint64_t bits = flushed(v[0] | (uint64_t)v[1] << 32, f);
        v[0] = (uint32_t)bits, v[1] = (uint32_t)(bits >> 32);
    } else if (type == TYPE_F32)
        v[0] = (uint32_t)flushed(v[0], f);
}

// --- Comparing ---

static bool is_nan(uint64_t bits, struct format f)
{
    int sign = f.significand_bits + f.exponent_bits;
    uint64_t infinity = ((1ull << f.exponent_bits) - 1) << f.significand_bits;
    return (bits & ((1ull << sign) - 1)) > infinity;
}

// Position on the number line, in units in the last place; both zeros at 0.
static int64_t position(uint64_t bits, struct format f)
{
    int sign = f.significand_bits + f.exponent_bits;
    int64_t magnitude = (int64_t)(bits & ((1ull << sign) - 1));
    return bits >> sign & 1 ? -magnitude : magnitude;
}

static bool value_matches(enum compare compare, struct format f, uint64_t got, uint64_t want)
{
    if (got == want) return true;
    if (is_nan(want, f)) return is_nan(got, f);
    if (is_nan(got, f) || compare != COMPARE_NEAR) return false;
    return llabs(position(got, f) - position(want, f)) <= 1;
}

bool result_matches(enum compare compare, int type, const uint32_t got[4], const uint32_t want[4])
{
    struct format f = format_of(type);
    if (compare == COMPARE_BITS || !f.significand_bits) {
        return memcmp(got, want, (size_t)operand_dwords(type) * sizeof got[0]) == 0;
    }
    if (f.halves) {
        return value_matches(compare, f, got[0] & 0xffff, want[0] & 0xffff) &&
               value_matches(compare, f, got[0] >> 16, want[0] >> 16);
    }
    if (type == TYPE_F64) {
        return value_matches(compare, f, got[0] | (uint64_t)got[1] << 32, want[0] | (uint64_t)want[1] << 32);
    }
    return value_matches(compare, f, got[0], want[0]);
}
