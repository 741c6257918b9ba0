// The short way for what most kernels do with images: level 0 of images whose texels lie row by row, read,
// filtered and written with offsets of 32 bits, all lanes at once. What comes of it is what image.h and
// sample.h make of the same, bit by bit.
#pragma once

#include "sampler.h"

enum rows_kind { ROWS_QUADRUPLES, ROWS_BYTES, ROWS_OTHER, ROWS_KINDS }; // four times 32 bits; four 8_UNORM

struct image_rows {
    const struct image_format *format;
    uint64_t base;
    uint32_t stride[COORDINATES], size[COORDINATES]; // bytes from a texel to the next; texels
    uint8_t selectors[COMPONENTS];
    uint8_t coordinates; // of a texel, in the order x, y, z or layer
    uint8_t kind;        // enum rows_kind
    bool is_array;
    bool in_order; // the selectors change nothing
};

// Returns false where the image is to be read the long way.
bool image_rows_find(struct image_rows *, const struct image *);

struct rows_sampler {
    uint8_t clamp[COORDINATES], filter[COORDINATES]; // enum sampler_clamp, enum filter
    bool normalised;
    bool leaves; // coordinates may mean the border
    bool linear; // in some dimension
    uint32_t border[COMPONENTS];
};

// Returns false where the long way is to be taken: where lanes may want several levels, a filter is not
// linear, or the sampler has a say in how coordinates are rounded or texels decoded.
bool rows_sampler_find(struct rows_sampler *, const struct sampler *, const struct image *);

// The register's components of `lanes`; those of other lanes are undefined. They may be the coordinates' own
// registers. Arithmetic is rounded as the
// host's mode says, which must be to nearest. `at`: rows->coordinates registers, of floats.
void rows_sample(const struct image_rows *, const struct rows_sampler *, const u32x16 *const at[COORDINATES],
                 uint16_t lanes, u32x16 components[COMPONENTS]);
// The same without a sampler, from integers.
void rows_load(const struct image_rows *, const u32x16 *const at[COORDINATES], uint16_t lanes,
               u32x16 components[COMPONENTS]);
// Writes texels, and none beyond the image; what lanes share is written in their order.
void rows_store(const struct image_rows *, const u32x16 *const at[COORDINATES], uint16_t lanes,
                const u32x16 components[COMPONENTS]);
