// Shorthands of the memory semantics files: lane loops, host accesses, address patterns.
#pragma once

#include "semantics.h"

// Kernels touch any memory of the process, mapped or not: their accesses are not the sanitizers' business,
// and a fault must show the kernel's own address.
#define HOST_ACCESS                                                                                          \
    static inline __attribute__((always_inline, no_sanitize("address", "thread", "null", "pointer-overflow")))
#define VECTOR_FN(name)                                                                                      \
    vector_fn name;                                                                                          \
    __attribute__((no_sanitize("address", "thread", "null", "pointer-overflow"))) void name(                 \
        __attribute__((unused)) u32x16 *d, __attribute__((unused)) const u32x16 *s0,                         \
        __attribute__((unused)) const u32x16 *s1, __attribute__((unused)) const u32x16 *s2, struct lanes *l)

// Runs the statement for each set bit of `mask`, in ascending order, as lane number `i`.
#define EACH_LANE(i, mask)                                                                                   \
    for (unsigned i##_left = (mask), i; i##_left && (i = (unsigned)__builtin_ctz(i##_left), true);           \
         i##_left &= i##_left - 1)

typedef uint16_t __attribute__((aligned(1), may_alias)) host_u16;
typedef uint32_t __attribute__((aligned(1), may_alias)) host_u32;
typedef uint64_t __attribute__((aligned(1), may_alias)) host_u64;
typedef u32x16 __attribute__((aligned(1), may_alias)) host_u32x16;
typedef bool lane_bits __attribute__((ext_vector_type(16)));

#define LANE_NUMBERS ((u32x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

// EXEC as a mask. Where the host has no registers for those, they are what comparisons yield.
static inline lane_bits exec_lanes(uint16_t exec)
{
#ifdef __AVX512F__
    return __builtin_bit_cast(lane_bits, exec);
#else
    const u32x16 each = ((u32x16){0} + 1) << LANE_NUMBERS;
    return __builtin_convertvector(((exec + (u32x16){0}) & each) != 0, lane_bits);
#endif
}

// The same as what comparisons of dwords yield: all bits or none.
static inline __attribute__((always_inline)) i32x16 truth_of(uint16_t lanes)
{
    return __builtin_convertvector(exec_lanes(lanes), i32x16) != 0;
}

// Whether the active lanes' 64-bit addresses ascend by `size` bytes a lane; *base is then lane 0's.
static inline bool addresses_ascend(const struct lanes *l, unsigned size, uint64_t *base)
{
    if (l->exec == 0) return false;
    unsigned first = (unsigned)__builtin_ctz(l->exec);
    u64x16 lane = __builtin_convertvector(LANE_NUMBERS, u64x16);
    *base = l->address[first] - (uint64_t)first * size;
    lane_bits differ = __builtin_convertvector(l->address != *base + lane * size, lane_bits);
    return (__builtin_bit_cast(uint16_t, differ) & l->exec) == 0;
}

#ifdef __AVX2__
enum { ROW_PART = 8 }; // dwords that the host moves at once
#else
enum { ROW_PART = 4 };
#endif

// A register's lanes under EXEC from or to 16 consecutive dwords. Inactive lanes of a load keep what `old`
// holds.
HOST_ACCESS u32x16 row_load(uint64_t base, uint16_t exec, u32x16 old)
{
    if (exec == 0xffff) return *(const host_u32x16 *)base;
    return __builtin_masked_load(exec_lanes(exec), (const host_u32 *)base, old);
}

// From the lowest address on: where the first cannot be written, none is.
HOST_ACCESS void full_row_store(uint64_t base, u32x16 value)
{
#ifdef __AVX512F__
    *(host_u32x16 *)base = value;
#else
    typedef uint32_t part __attribute__((ext_vector_type(ROW_PART)));
    typedef part __attribute__((aligned(1), may_alias)) host_part;
    union {
        u32x16 row;
        part parts[16 / ROW_PART];
    } u = {value};
    for (unsigned i = 0; i < 16 / ROW_PART; i++) ((volatile host_part *)base)[i] = u.parts[i];
#endif
}

HOST_ACCESS void row_store(uint64_t base, u32x16 value, uint16_t exec)
{
    if (exec == 0xffff)
        full_row_store(base, value);
    else
        __builtin_masked_store(exec_lanes(exec), value, (host_u32 *)base);
}

// Not as an element of a vector: compilers take the whole vector out of memory for that, change it on the
// stack, and wait for that before they put it back.
static inline void lane_set(u32x16 *d, unsigned lane, uint32_t value) { ((host_u32 *)d)[lane] = value; }

static inline uint64_t pair_get(const u32x16 *s, unsigned lane)
{
    return s[0][lane] | (uint64_t)s[1][lane] << 32;
}

static inline void pair_set(u32x16 *d, unsigned lane, uint64_t value)
{
    lane_set(&d[0], lane, (uint32_t)value);
    lane_set(&d[1], lane, (uint32_t)(value >> 32));
}
