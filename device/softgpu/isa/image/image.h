// Images as their descriptors (T#) say, and where their texels lie.
//
// Source: AMD "RDNA 2" ISA guide (November 2020), section 8.2.5; ROCr, resource_nv.h, image_manager_nv.cpp
// and addrlib/src/gfx10.
#pragma once

#include "image_format.h"
#include "tiling.h"

enum { IMAGE_WORDS = 8, IMAGE_LEVELS_MAX = 16 };

struct image {
    const struct image_format *format;
    struct tiling tiling;
    uint64_t base;
    uint32_t xor ; // of offsets in blocks
    // Texels of level 0 in x, y and z; z counts an array's layers, too. A dimension that the image lacks
    // has 1.
    uint32_t size[COORDINATES];
    uint8_t dimensions;            // without the layers
    uint8_t first_level, levels;   // that the descriptor shows
    uint8_t chain_levels;          // that memory has
    uint8_t first_accessible;      // of those shown: before it there is nothing to load, store or gather
    float least_lod;               // that samplers come to, counted from the first shown
    uint32_t first_layer;          // of an array, counted from `base`
    uint32_t pitch;                // texels of a row; 0: as many as the layout needs
    uint8_t selectors[COMPONENTS]; // enum component_selector: what each component of a register is
    uint8_t border_alpha;          // which component of a texel is its border's alpha
    bool is_array;
    bool warns_of_lod; // instructions that want to be told (LWE) of levels of detail below some limit
};

// One level of an image.
struct image_level {
    uint32_t size[COORDINATES];
    uint16_t within[COORDINATES]; // of blocks that have several levels: where in them this one begins
    uint64_t base, row_bytes, slice_bytes; // of blocks
};

// Returns NULL, or what about the descriptor this device does not have. All texels then lie within 47 bits of
// address.
const char *image_decode(struct image *, const uint32_t words[IMAGE_WORDS]);

// `level`: less than image.levels.
void image_level_find(const struct image *, unsigned level, struct image_level *);

// What one coordinate makes of texels' addresses.
struct image_axis {
    u64x16 blocks;   // bytes to the block
    u32x16 offset;   // flipped in the offset within it
    uint16_t inside; // lanes
};
void image_axis_find(const struct image *, const struct image_level *, unsigned axis, i32x16 at,
                     struct image_axis *);

// The texels' addresses. Returns those of `lanes` that name one which the level has; *address is theirs.
uint16_t image_axes_join(const struct image *, const struct image_level *,
                         const struct image_axis *const axes[COORDINATES], uint16_t lanes, u64x16 *address);
// The same from coordinates.
uint16_t image_texels(const struct image *, const struct image_level *, const i32x16 at[COORDINATES],
                      uint16_t lanes, u64x16 *address);
