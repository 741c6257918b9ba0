// The simple shapes of accesses, and whether the lanes' addresses have one. `base` is lane 0's host address.
#pragma once

#include "quarters.h"

// Whether the active lanes' values ascend by `size` a lane, from lane 0's on, and do not wrap.
bool shape_row(const u32x16 *low, uint16_t exec, uint32_t size);
bool shape_same(const u32x16 *value, uint16_t exec);

// Rows of one dword a lane. Those of two and four, where all lanes are active, are quarters.h's.
HOST_ACCESS void row_load_1(u32x16 *d, uint64_t base, uint16_t exec)
{
    d[0] = row_load(base, exec, (u32x16){0});
}

HOST_ACCESS void row_store_1(const u32x16 *s, uint64_t base, uint16_t exec) { row_store(base, s[0], exec); }

HOST_ACCESS void dwords_spread(u32x16 *d, uint64_t from, unsigned count)
{
    for (unsigned k = 0; k < count; k++) d[k] = (u32x16){0} + ((const host_u32 *)from)[k];
}

// To where the active lanes' addresses lead, one lane behind another, and all of a lane's dwords at once.
// What is taken lane by lane lies in memory: compilers would put whole vectors there for each lane.
HOST_ACCESS void dwords_scatter_1(const u32x16 *s, const u64x16 *address, uint16_t exec)
{
    const host_u64 *at = (const host_u64 *)address;
    EACH_LANE(i, exec) * (host_u32 *)at[i] = ((const host_u32 *)s)[i];
}

HOST_ACCESS void dwords_scatter_2(const u32x16 *s, const u64x16 *address, uint16_t exec)
{
    const host_u64 *at = (const host_u64 *)address;
    const u32x16 rows[] = {TURNS(s[0], s[1], 0), TURNS(s[0], s[1], 2)};
    EACH_LANE(i, exec) * (host_u64 *)at[i] = ((const host_u64 *)&rows[i / 2 % 2])[i / 4 * 2 + i % 2];
}

HOST_ACCESS void dwords_scatter_4(const u32x16 *s, const u64x16 *address, uint16_t exec)
{
    const host_u64 *at = (const host_u64 *)address;
    u32x16 rows[4];
    quadruples_to_words(s, rows);
    EACH_LANE(i, exec) * (host_u32x4 *)at[i] = ((const host_u32x4 *)&rows[i % 4])[i / 4];
}
