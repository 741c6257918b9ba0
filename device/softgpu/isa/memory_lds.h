// Addressing of the local data share, for its accesses and its atomics.
#pragma once

#include "memory.h"

static inline u32x16 lds_address(const u32x16 *s0, const struct lanes *l) { return *s0 + l->offset; }

static inline bool lds_inside(const struct lanes *l, uint32_t address, unsigned size)
{
    return (uint64_t)address + size <= l->lds_size;
}

// Whether all 16 lanes' addresses are consecutive dwords inside the LDS.
static inline bool lds_row(u32x16 address, const struct lanes *l)
{
    lane_bits differ = __builtin_convertvector(address != address[0] + LANE_NUMBERS * 4, lane_bits);
    return __builtin_bit_cast(uint16_t, differ) == 0 && lds_inside(l, address[0], 64);
}
