// A wave's scratch. Dwords of its lanes are interleaved: byte `o` of lane `l` lies at
// base + (o & ~3) * lanes + 4 * l + (o & 3), which is what a swizzled MUBUF descriptor, FLAT_SCRATCH and
// scratch_* instructions agree on. `scratch` is that base, of lane 0.
#pragma once

#include "memory.h"

enum { SCRATCH_SHIFT_WAVE32 = 5, SCRATCH_SHIFT_WAVE64 = 6 }; // from an offset to lane 0's, for whole dwords

static inline unsigned private_shift(bool wave64)
{
    return wave64 ? SCRATCH_SHIFT_WAVE64 : SCRATCH_SHIFT_WAVE32;
}

// Whether a descriptor is the wave's scratch's: then *start is the lane-private offset at which its base and
// soffset point.
static inline bool private_descriptor(const uint32_t words[4], uint32_t soffset, uint64_t scratch,
                                      bool wave64, uint32_t *start)
{
    const uint32_t add_lane = 1u << 23, index_stride = 3u << 21, swizzle = 1u << 31;
    unsigned shift = private_shift(wave64);
    uint32_t layout = add_lane | (shift - 3) << 21;
    uint64_t base = words[0] | (uint64_t)(words[1] & 0xffff) << 32, bytes = base + soffset - scratch;
    *start = (uint32_t)(bytes >> shift);
    return words[1] & swizzle && (words[3] & (add_lane | index_stride)) == layout &&
           bytes % (4u << shift) == 0 && bytes >> shift <= UINT32_MAX;
}

// Host addresses of a slice's lanes.
static inline u64x16 private_addresses(u32x16 offset, uint64_t scratch, uint32_t first_lane, bool wave64)
{
    u64x16 dword = __builtin_convertvector(offset & ~3u, u64x16) << private_shift(wave64);
    u32x16 within = (offset & 3) + (LANE_NUMBERS + first_lane) * 4;
    return dword + __builtin_convertvector(within, u64x16) + scratch;
}

// The same, from lane 0's base: below 2^31, as no wave has more scratch.
static inline u32x16 private_offsets(u32x16 offset, uint32_t first_lane, bool wave64)
{
    return ((offset & ~3u) << private_shift(wave64)) + (offset & 3) + (LANE_NUMBERS + first_lane) * 4;
}

static inline uint16_t private_lane_bits(i32x16 condition)
{
    return __builtin_bit_cast(uint16_t, __builtin_convertvector(condition, lane_bits));
}

// The lanes whose access of `size` bytes does not end within `limit`.
static inline uint16_t private_outside(u32x16 offset, uint32_t size, uint64_t limit)
{
    return limit < size ? 0xffff : private_lane_bits(offset > (uint32_t)(limit - size));
}

// The lanes whose access spans dwords, which do not lie together.
static inline uint16_t private_spanning(u32x16 offset, uint32_t size)
{
    return private_lane_bits((offset & 3) + size > 4);
}
