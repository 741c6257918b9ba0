// Addressing of the local data share, for its accesses and its atomics.
#pragma once

#include "memory.h"

static inline u32x16 lds_address(const u32x16 *s0, const struct lanes *l) { return *s0 + l->offset; }

static inline bool lds_inside(const struct lanes *l, uint32_t address, unsigned size)
{
    return (uint64_t)address + size <= l->lds_size;
}

static inline bool lanes_all(i32x16 condition)
{
    return __builtin_bit_cast(uint16_t, __builtin_convertvector(condition, lane_bits)) == 0xffff;
}

// Whether all 16 lanes' addresses are consecutive dwords inside the LDS.
static inline bool lds_row(u32x16 address, const struct lanes *l)
{
    return lanes_all(address == address[0] + LANE_NUMBERS * 4) && lds_inside(l, address[0], 64);
}

// Whether all 16 lanes' accesses are whole dwords inside the LDS.
static inline bool lds_aligned(u32x16 address, const struct lanes *l, unsigned size)
{
    return l->lds_size >= size && lanes_all((address <= l->lds_size - size) & ((address & 3) == 0));
}
