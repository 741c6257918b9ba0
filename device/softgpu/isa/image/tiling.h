// Layouts of tiled images: where texels lie within the blocks that an image is made of.
//
// Source: ROCr, addrlib/src/gfx10 (swizzle patterns of 16 pipes and 16 packers, which is gfx1030's
// GB_ADDR_CONFIG). Here are the modes that ROCr chooses, and those of their block sizes without an XOR.
#pragma once

#include "device/softgpu/isa/semantics/semantics.h"

#include <stdbool.h>
#include <stdint.h>

enum { COORDINATES = 3, TILING_PERIOD = 256, TILING_SHIFTS = 12 };

// Swizzle modes, as descriptors number them.
enum swizzle_mode {
    SWIZZLE_LINEAR = 0,
    SWIZZLE_256B_S = 1,
    SWIZZLE_256B_D = 2,
    SWIZZLE_4KB_S = 5,
    SWIZZLE_4KB_D = 6,
    SWIZZLE_4KB_S_X = 21,
    SWIZZLE_4KB_D_X = 22,
};

// Bits of a coordinate flip as many bits of an offset: those that lie equally far from one another.
struct tiling_bits {
    uint8_t mask, shift;
};

struct tiling {
    uint8_t size_log2;               // bytes of a block
    uint8_t block_log2[COORDINATES]; // texels
    uint8_t micro_log2[COORDINATES]; // texels of its first 256 bytes
    bool is_xor;                     // bits of the base address are XORed to offsets
    uint8_t shifts[COORDINATES];     // how many there are of the following
    struct tiling_bits bits[COORDINATES][TILING_SHIFTS];
};

// Returns false where there is no such layout. `is_volume`: of 3D images. A linear image's block is one
// texel.
bool tiling_find(struct tiling *, unsigned mode, bool is_volume, unsigned texel_bytes);

// What a coordinate flips in the offsets of texels within their blocks.
static inline u32x16 tiling_offsets(const struct tiling *t, unsigned axis, u32x16 at)
{
    u32x16 offset = {0};
    for (unsigned i = 0; i < t->shifts[axis]; i++)
        offset ^= (at & (uint32_t)t->bits[axis][i].mask) << (uint32_t)t->bits[axis][i].shift;
    return offset;
}
static inline uint32_t tiling_offset(const struct tiling *t, unsigned axis, uint32_t at)
{
    uint32_t offset = 0;
    for (unsigned i = 0; i < t->shifts[axis]; i++)
        offset ^= (at & t->bits[axis][i].mask) << t->bits[axis][i].shift;
    return offset;
}
