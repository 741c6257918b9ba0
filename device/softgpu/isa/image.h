// Images as their descriptors (T#) say, and where their texels lie.
//
// Source: AMD "RDNA 2" ISA guide (November 2020), section 8.2.5; ROCr, resource_nv.h and
// image_manager_nv.cpp.
#pragma once

#include "image_format.h"

enum { IMAGE_WORDS = 8, COORDINATES = 3 };

struct image {
    const struct image_format *format;
    uint64_t base;
    // Texels in x, y and z; z counts an array's layers, too. A dimension that the image lacks has 1.
    uint32_t size[COORDINATES];
    uint8_t dimensions;   // without the layers
    uint32_t first_layer; // of an array, counted from `base`
    uint64_t row_bytes, slice_bytes;
    uint8_t selectors[COMPONENTS]; // enum component_selector: what each component of a register is
    bool is_array;
};

enum component_selector { SELECT_0, SELECT_1, SELECT_X = 4, SELECT_W = 7 };

// Returns NULL, or what about the descriptor this device does not have. All texels then lie within 47 bits of
// address.
const char *image_decode(struct image *, const uint32_t words[IMAGE_WORDS]);

bool image_contains(const struct image *, const int64_t at[COORDINATES]);

// The address of a texel of the image.
uint64_t image_texel(const struct image *, const int64_t at[COORDINATES]);

// Its components, from and to memory.
void texel_read(const struct image_format *, uint64_t address, uint32_t texel[COMPONENTS]);
void texel_write(const struct image_format *, uint64_t address, const uint32_t texel[COMPONENTS]);

// From a texel's components to a register's, and back; a component that no register's is comes back as 0.
void image_select(const struct image *, const uint32_t texel[COMPONENTS], uint32_t components[COMPONENTS]);
void image_deselect(const struct image *, const uint32_t components[COMPONENTS], uint32_t texel[COMPONENTS]);
