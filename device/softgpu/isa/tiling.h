// Layouts of tiled images: where texels lie within the blocks that an image is made of.
//
// Source: ROCr, addrlib/src/gfx10 (swizzle patterns of 16 pipes and 16 packers, which is gfx1030's
// GB_ADDR_CONFIG). Here are the modes that ROCr chooses, and those of their block sizes without an XOR.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { COORDINATES = 3, TILING_PERIOD = 256 };

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

struct tiling {
    uint8_t size_log2;               // bytes of a block
    uint8_t block_log2[COORDINATES]; // texels
    uint8_t micro_log2[COORDINATES]; // texels of its first 256 bytes
    bool is_xor;                     // bits of the base address are XORed to offsets
    uint16_t offset[COORDINATES]
                   [TILING_PERIOD]; // XORed: the offset of a texel, of coordinates modulo the period
};

// NULL: no such layout. `is_volume`: of 3D images. A linear image's block is one texel.
const struct tiling *tiling_find(unsigned mode, bool is_volume, unsigned texel_bytes);
