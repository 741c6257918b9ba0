// Texels: between their bytes in memory and four components in registers.
//
// A component in a register is an integer for TEXEL_UINT and _SINT, else an f32. Arithmetic
// is rounded as the host's mode says, which must be to nearest.
#pragma once

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

// A texel's components; those it lacks are 0.
void texel_decode(const struct image_format *, const void *texel, uint32_t components[COMPONENTS]);

// The texel nearest to `components`: integers and normalised numbers saturate, a NaN is 0 in normalised
// formats.
void texel_encode(const struct image_format *, const uint32_t components[COMPONENTS], void *texel);

// The same of a texel in memory, wherever that is.
void texel_read(const struct image_format *, uint64_t address, uint32_t components[COMPONENTS]);
void texel_write(const struct image_format *, uint64_t address, const uint32_t components[COMPONENTS]);

// Its bytes, unconverted, as words; what is smaller than one is extended.
void texel_read_raw(const struct image_format *, uint64_t address, bool is_signed,
                    uint32_t words[COMPONENTS]);
void texel_write_raw(const struct image_format *, uint64_t address, const uint32_t words[COMPONENTS]);

// What each component of a register is, as bits [11:0] of a descriptor's fourth word say. `selectors_decode`
// returns false where there is no such selector.
enum component_selector { SELECT_0, SELECT_1, SELECT_X = 4, SELECT_W = 7 };
bool selectors_decode(uint32_t word, uint8_t selectors[COMPONENTS]);

// From a texel's components to a register's, and back; a component that no register's is comes back as 0.
void components_select(const struct image_format *, const uint8_t selectors[COMPONENTS],
                       const uint32_t texel[COMPONENTS], uint32_t components[COMPONENTS]);
void components_deselect(const uint8_t selectors[COMPONENTS], const uint32_t components[COMPONENTS],
                         uint32_t texel[COMPONENTS]);
