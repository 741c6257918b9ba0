// The simple shapes of accesses, and whether the lanes' addresses have one. `base` is lane 0's host address.
#pragma once

#include "memory.h"

// Hosts shuffle cheaply within quarters of a row, as they do in all quarters at once.
#define QUARTERS(a, b, c, e)                                                                                 \
    (a), (b), (c), (e), (a) + 4, (b) + 4, (c) + 4, (e) + 4, (a) + 8, (b) + 8, (c) + 8, (e) + 8, (a) + 12,    \
        (b) + 12, (c) + 12, (e) + 12
#define LOW_DWORDS  QUARTERS(0, 16, 1, 17)
#define HIGH_DWORDS QUARTERS(2, 18, 3, 19)
#define LOW_PAIRS   QUARTERS(0, 1, 16, 17)
#define HIGH_PAIRS  QUARTERS(2, 3, 18, 19)
#define EVEN        QUARTERS(0, 2, 16, 18)
#define ODD         QUARTERS(1, 3, 17, 19)

typedef uint32_t u32x4 __attribute__((ext_vector_type(4)));
typedef uint32_t u32x8 __attribute__((ext_vector_type(8)));
typedef u32x4 __attribute__((aligned(1), may_alias)) host_u32x4;

// A row of four quarters from memory: the first at `base`, each other `step` bytes further.
HOST_ACCESS u32x16 quarters_load(uint64_t base, uint64_t step)
{
    const u32x4 a = *(const host_u32x4 *)base, b = *(const host_u32x4 *)(base + step),
                c = *(const host_u32x4 *)(base + 2 * step), e = *(const host_u32x4 *)(base + 3 * step);
    const u32x8 low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7),
                high = __builtin_shufflevector(c, e, 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

HOST_ACCESS void quarters_store(u32x16 row, uint64_t base, uint64_t step)
{
    *(host_u32x4 *)base = __builtin_shufflevector(row, row, 0, 1, 2, 3);
    *(host_u32x4 *)(base + step) = __builtin_shufflevector(row, row, 4, 5, 6, 7);
    *(host_u32x4 *)(base + 2 * step) = __builtin_shufflevector(row, row, 8, 9, 10, 11);
    *(host_u32x4 *)(base + 3 * step) = __builtin_shufflevector(row, row, 12, 13, 14, 15);
}

// Whether the active lanes' values ascend by `size` a lane, from lane 0's on, and do not wrap.
bool shape_row(const u32x16 *low, uint16_t exec, uint32_t size);
bool shape_same(const u32x16 *value, uint16_t exec);

// Rows of one, two and four dwords a lane; those of several where all lanes are active.
HOST_ACCESS void row_load_1(u32x16 *d, uint64_t base, uint16_t exec)
{
    d[0] = row_load(base, exec, (u32x16){0});
}

HOST_ACCESS void row_load_2(u32x16 *d, uint64_t base)
{
    u32x16 low = quarters_load(base, 32), high = quarters_load(base + 16, 32);
    d[0] = __builtin_shufflevector(low, high, EVEN);
    d[1] = __builtin_shufflevector(low, high, ODD);
}

HOST_ACCESS void row_load_4(u32x16 *d, uint64_t base)
{
    u32x16 lane[4]; // each fourth
    for (unsigned i = 0; i < 4; i++) lane[i] = quarters_load(base + 16 * i, 64);
    u32x16 low0 = __builtin_shufflevector(lane[0], lane[1], LOW_DWORDS),
           low2 = __builtin_shufflevector(lane[2], lane[3], LOW_DWORDS),
           high0 = __builtin_shufflevector(lane[0], lane[1], HIGH_DWORDS),
           high2 = __builtin_shufflevector(lane[2], lane[3], HIGH_DWORDS);
    d[0] = __builtin_shufflevector(low0, low2, LOW_PAIRS);
    d[1] = __builtin_shufflevector(low0, low2, HIGH_PAIRS);
    d[2] = __builtin_shufflevector(high0, high2, LOW_PAIRS);
    d[3] = __builtin_shufflevector(high0, high2, HIGH_PAIRS);
}

HOST_ACCESS void row_store_1(const u32x16 *s, uint64_t base, uint16_t exec) { row_store(base, s[0], exec); }

HOST_ACCESS void row_store_2(const u32x16 *s, uint64_t base)
{
    quarters_store(__builtin_shufflevector(s[0], s[1], LOW_DWORDS), base, 32);
    quarters_store(__builtin_shufflevector(s[0], s[1], HIGH_DWORDS), base + 16, 32);
}

HOST_ACCESS void row_store_4(const u32x16 *s, uint64_t base)
{
    u32x16 low0 = __builtin_shufflevector(s[0], s[1], LOW_DWORDS),
           low2 = __builtin_shufflevector(s[2], s[3], LOW_DWORDS),
           high0 = __builtin_shufflevector(s[0], s[1], HIGH_DWORDS),
           high2 = __builtin_shufflevector(s[2], s[3], HIGH_DWORDS);
    quarters_store(__builtin_shufflevector(low0, low2, LOW_PAIRS), base, 64);
    quarters_store(__builtin_shufflevector(low0, low2, HIGH_PAIRS), base + 16, 64);
    quarters_store(__builtin_shufflevector(high0, high2, LOW_PAIRS), base + 32, 64);
    quarters_store(__builtin_shufflevector(high0, high2, HIGH_PAIRS), base + 48, 64);
}

HOST_ACCESS void dwords_spread(u32x16 *d, uint64_t from, unsigned count)
{
    for (unsigned k = 0; k < count; k++) d[k] = (u32x16){0} + ((const host_u32 *)from)[k];
}
