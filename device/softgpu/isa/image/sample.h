// What a sampler makes of an image for a slice of 16 lanes: texels fetched, compared and filtered.
//
// Arithmetic is rounded as the host's mode says, which must be to nearest.
#pragma once

#include "sampler.h"

enum { SAMPLES = 16 };

struct samples {
    f32x16 coordinates[COORDINATES]; // layers unnormalised, and all where the sampler says so
    i32x16 offset[COORDINATES];      // texels
    struct levels levels[SAMPLES];
    bool one_level;   // levels[0] is that of all
    f32x16 reference; // what texels are compared with
    bool compares;    // then the first component is the share of texels that pass, and the others are 0
};

// Levels of an image, by number, found when they are first asked for.
struct image_levels {
    uint32_t found;
    struct image_level level[IMAGE_LEVELS_MAX];
};
static inline const struct image_level *image_levels_get(struct image_levels *levels,
                                                         const struct image *image, unsigned number)
{
    struct image_level *level = &levels->level[number];
    if (!(levels->found >> number & 1)) image_level_find(image, number, level);
    levels->found |= 1u << number;
    return level;
}

// The components of `lanes`, filtered, not yet selected.
void samples_filter(const struct sampler *, const struct image *, struct image_levels *,
                    const struct samples *, uint16_t lanes, u32x16 texel[COMPONENTS]);

// Component `component` of a register, of each of the four texels that a linear filter would take from the
// first level: at the lower left, lower right, upper right and upper left, where y goes down.
void samples_gather(const struct sampler *, const struct image *, struct image_levels *,
                    const struct samples *, uint16_t lanes, unsigned component, u32x16 texels[4]);
