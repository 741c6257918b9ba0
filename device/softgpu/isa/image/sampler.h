// Samplers as their descriptors (S#) say: which levels and texels of an image a coordinate means.
//
// Arithmetic is rounded as the host's mode says, which must be to nearest. Source: AMD "RDNA 2" ISA guide
// (November 2020), section 8.2.6; ROCr, resource_nv.h; Mesa, gfx10-rsrc.json and ac_gpu_info.h (TRUNC_COORD);
// PAL, gfx9Device.cpp.
#pragma once

#include "image.h"

enum { SAMPLER_WORDS = 4 };
enum { FRACTION_BITS = 8, FRACTION_ONE = 1 << FRACTION_BITS }; // units of weights and of levels of detail

// What becomes of coordinates outside the image. MIRROR_ONCE: as CLAMP, of the coordinate's absolute value.
enum sampler_clamp {
    CLAMP_WRAP,
    CLAMP_MIRROR,
    CLAMP_LAST_TEXEL,
    CLAMP_MIRROR_ONCE_LAST_TEXEL,
    CLAMP_HALF_BORDER,
    CLAMP_MIRROR_ONCE_HALF_BORDER,
    CLAMP_BORDER,
    CLAMP_MIRROR_ONCE_BORDER,
};
enum filter { FILTER_POINT, FILTER_LINEAR };
enum filter_z { FILTER_Z_AS_XY, FILTER_Z_POINT, FILTER_Z_LINEAR };
enum filter_mip { FILTER_MIP_NONE, FILTER_MIP_POINT, FILTER_MIP_LINEAR };
enum reduction { REDUCE_BLEND, REDUCE_MINIMUM, REDUCE_MAXIMUM };
enum border { BORDER_TRANSPARENT_BLACK, BORDER_OPAQUE_BLACK, BORDER_OPAQUE_WHITE, BORDER_TABLE };

struct sampler {
    uint8_t clamp[COORDINATES]; // enum sampler_clamp
    bool unnormalised;
    bool truncates;          // coordinates, where others round them
    uint8_t magnify, minify; // enum filter
    bool anisotropic;        // where derivatives are known: AMD publishes no footprint
    bool single_isotropic;   // but not images of a single level
    bool forces_degamma, skips_degamma;
    uint8_t z;                   // enum filter_z, of 3D images
    uint8_t mip;                 // enum filter_mip
    uint8_t compare;             // bits: the value sought is less than, equal to, greater than the texel's
    uint8_t reduction;           // enum reduction
    uint8_t border;              // enum border
    float lowest, highest, bias; // of the level of detail
};

// Returns NULL, or what about the descriptor this device does not have.
const char *sampler_decode(struct sampler *, const uint32_t words[SAMPLER_WORDS]);

// The format that texels are decoded in, in *format: the image's, or with or without sRGB's curve as the
// sampler says. `plain`: texels are neither compared nor gathered. Returns NULL, or what this device lacks.
const char *sampler_degamma(const struct sampler *, const struct image *, bool plain,
                            const struct image_format **format);

// The filter of each dimension, given that of x and y: integers are not filtered.
void sampler_filters(const struct sampler *, const struct image *, enum filter flat,
                     uint8_t filters[COORDINATES]);
// The components of what lies beyond the image.
void sampler_border(const struct sampler *, const struct image *, uint32_t border[COMPONENTS]);

// --- Levels ---

// The two levels that a level of detail is between, and how near to the second, with 8 bits.
struct levels {
    unsigned level[2]; // the same where there is but one
    float weight;
    enum filter filter; // in x and y
};
// Bias and limits applied. `lowest`: the instruction's own limit.
float sampler_lod(const struct sampler *, float lod, float bias, float lowest);
struct levels sampler_levels(const struct sampler *, const struct image *, float lod);
// Whether the level of detail changes anything.
bool sampler_needs_lod(const struct sampler *, const struct image *);
// What derivatives of coordinates by x and y of the screen come to.
float sampler_derivatives_lod(const struct sampler *, const struct image *,
                              const float derivatives[2][COORDINATES]);
