// Texels of a slice of 16 lanes: between their bytes in memory and four components in registers.
//
// A component in a register is an integer for TEXEL_UINT and _SINT, else an f32. Arithmetic is rounded as the
// host's mode says, which must be to nearest.
#pragma once

#include "device/softgpu/isa/semantics/semantics.h"

#include <stdbool.h>
#include <stdint.h>

enum texel_kind {
    TEXEL_UNORM,
    TEXEL_SNORM,
    TEXEL_USCALED, // integers that are floating-point numbers in registers
    TEXEL_SSCALED,
    TEXEL_UINT,
    TEXEL_SINT,
    TEXEL_FLOAT,
    TEXEL_SRGB,
};

enum { COMPONENTS = 4, TEXEL_BYTES_MAX = 16 };

struct image_format {
    uint8_t bytes; // of a texel; 0: no such format
    uint8_t kind;  // enum texel_kind
    uint8_t bits[COMPONENTS];
};

// NULL: reserved, or no format that this device has.
const struct image_format *image_format_find(unsigned number);

// Whether components are integers in registers.
bool image_format_is_integer(const struct image_format *);

// Whether components can be converted to texels. AMD's hardware reads sRGB, and does not write it: their
// libraries encode colours themselves, and have them written as what is not sRGB (ROCr's
// ImageManagerNv::FillImage; "The hardware can't handle UAV stores using SRGB num format", PAL's
// rsrcProcMgr.cpp). What it does instead is not told.
bool image_format_is_stored(const struct image_format *);

// The same with sRGB's curve, or without it; NULL: there is no such format.
const struct image_format *image_format_other_gamma(const struct image_format *);

// The texels' components; those that the format lacks, and those of lanes that `lanes` does not name, are 0.
void texels_read(const struct image_format *, const u64x16 *address, uint16_t lanes,
                 u32x16 components[COMPONENTS]);

// Writes the texels nearest to `components`: integers and normalised numbers saturate, a NaN is 0 in
// normalised formats. What lanes share a texel is written in their order. The format is one that is stored.
void texels_write(const struct image_format *, const u64x16 *address, uint16_t lanes,
                  const u32x16 components[COMPONENTS]);

// Their bytes, unconverted, as words; what is smaller than one is extended.
void texels_read_raw(const struct image_format *, const u64x16 *address, uint16_t lanes, bool is_signed,
                     u32x16 words[COMPONENTS]);
void texels_write_raw(const struct image_format *, const u64x16 *address, uint16_t lanes,
                      const u32x16 words[COMPONENTS]);

// What each component of a register is, as bits [11:0] of a descriptor's fourth word say. `selectors_decode`
// returns false where there is no such selector.
enum component_selector { SELECT_0, SELECT_1, SELECT_X = 4, SELECT_W = 7 };
bool selectors_decode(uint32_t word, uint8_t selectors[COMPONENTS]);

// From a texel's components to a register's, and back; a component that no register's is comes back as 0.
void components_select(const struct image_format *, const uint8_t selectors[COMPONENTS],
                       const u32x16 texel[COMPONENTS], u32x16 components[COMPONENTS]);
void components_deselect(const uint8_t selectors[COMPONENTS], const u32x16 components[COMPONENTS],
                         u32x16 texel[COMPONENTS]);
