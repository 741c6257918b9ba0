// The simple shapes of accesses, and whether the lanes' addresses have one. `base` is lane 0's host address.
#pragma once

#include "memory.h"

#define EVEN       0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD        1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LOW_PAIRS  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_PAIRS 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

// d[0] = even dwords, d[1] = odd dwords of two rows.
static inline void rows_split(u32x16 *d, u32x16 low, u32x16 high)
{
    d[0] = __builtin_shufflevector(low, high, EVEN);
    d[1] = __builtin_shufflevector(low, high, ODD);
}

static inline void rows_join(u32x16 *d, u32x16 even, u32x16 odd)
{
    d[0] = __builtin_shufflevector(even, odd, LOW_PAIRS);
    d[1] = __builtin_shufflevector(even, odd, HIGH_PAIRS);
}

// Whether the active lanes' values ascend by `size` a lane, from lane 0's on, and do not wrap.
bool shape_row(const u32x16 *low, uint16_t exec, uint32_t size);
bool shape_same(const u32x16 *value, uint16_t exec);

HOST_ACCESS u32x16 full_row_load(uint64_t base) { return *(const host_u32x16 *)base; }

// Rows of one, two and four dwords a lane; those of several where all lanes are active.
HOST_ACCESS void row_load_1(u32x16 *d, uint64_t base, uint16_t exec)
{
    d[0] = row_load(base, exec, (u32x16){0});
}

HOST_ACCESS void row_load_2(u32x16 *d, uint64_t base)
{
    rows_split(d, full_row_load(base), full_row_load(base + 64));
}

HOST_ACCESS void row_load_4(u32x16 *d, uint64_t base)
{
    u32x16 low[2], high[2], even[2], odd[2];
    rows_split(low, full_row_load(base), full_row_load(base + 64));
    rows_split(high, full_row_load(base + 128), full_row_load(base + 192));
    rows_split(even, low[0], high[0]);
    rows_split(odd, low[1], high[1]);
    d[0] = even[0];
    d[1] = odd[0];
    d[2] = even[1];
    d[3] = odd[1];
}

HOST_ACCESS void row_store_1(const u32x16 *s, uint64_t base, uint16_t exec) { row_store(base, s[0], exec); }

HOST_ACCESS void row_store_2(const u32x16 *s, uint64_t base)
{
    u32x16 rows[2];
    rows_join(rows, s[0], s[1]);
    row_store(base, rows[0], 0xffff);
    row_store(base + 64, rows[1], 0xffff);
}

HOST_ACCESS void row_store_4(const u32x16 *s, uint64_t base)
{
    u32x16 even[2], odd[2], rows[2];
    rows_join(even, s[0], s[2]);
    rows_join(odd, s[1], s[3]);
    for (unsigned half = 0; half < 2; half++) {
        rows_join(rows, even[half], odd[half]);
        row_store(base + 128 * half, rows[0], 0xffff);
        row_store(base + 128 * half + 64, rows[1], 0xffff);
    }
}

HOST_ACCESS void dwords_spread(u32x16 *d, uint64_t from, unsigned count)
{
    for (unsigned k = 0; k < count; k++) d[k] = (u32x16){0} + ((const host_u32 *)from)[k];
}
