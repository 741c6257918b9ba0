// Samplers as their descriptors (S#) say, and what they make of an image.
//
// Filtering has 8 bits of weight, as the hardware has. Arithmetic is rounded as the host's mode says, which
// must be to nearest. Source: AMD "RDNA 2" ISA guide (November 2020), section 8.2.6; ROCr, resource_nv.h.
#pragma once

#include "image.h"

enum { SAMPLER_WORDS = 4 };

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

struct sampler {
    uint8_t clamp[COORDINATES]; // enum sampler_clamp
    bool unnormalised;
    bool linear;   // in x and y
    bool linear_z; // in z of 3D images
    uint32_t border[COMPONENTS];
};

// Returns NULL, or what about the descriptor this device does not have.
const char *sampler_decode(struct sampler *, const uint32_t words[SAMPLER_WORDS]);

// One sample of one level: its texels' components, filtered, not yet selected. Coordinates that are layers
// come unnormalised, as do all where the sampler says so. A NaN is 0.
void sampler_sample(const struct sampler *, const struct image *, const struct image_level *,
                    const float coordinates[COORDINATES], uint32_t texel[COMPONENTS]);
