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

// Returns NULL, or what about the descriptor this device does not have. All texels then lie within 47 bits of
// address.
const char *image_decode(struct image *, const uint32_t words[IMAGE_WORDS]);

bool image_contains(const struct image *, const int64_t at[COORDINATES]);

// The address of a texel of the image.
uint64_t image_texel(const struct image *, const int64_t at[COORDINATES]);
