// Images that a compute unit's waves named lately, decoded: a descriptor is read by many instructions.
#pragma once

#include "device/softgpu/isa/image/image_rows.h"
#include "device/softgpu/isa/image/sample.h"

enum { IMAGES_KEPT_LOG2 = 4 };

struct image_kept {
    bool valid;
    uint32_t words[IMAGE_WORDS];
    struct image image;
    struct image_levels levels;
    bool has_rows; // the short way
    struct image_rows rows;
    uint32_t sampler_words[SAMPLER_WORDS]; // that it was last sampled by
    bool sampler_valid, sampler_has_rows;
    struct rows_sampler sampler;
};

// Returns NULL, or what about the descriptor this device lacks. *kept stays until the next call.
const char *images_kept_find(struct image_kept kept[1 << IMAGES_KEPT_LOG2], const uint32_t words[IMAGE_WORDS],
                             struct image_kept **found);
// The sampler for the short way; NULL: the long way is to be taken.
const struct rows_sampler *image_kept_sampler(struct image_kept *, const uint32_t words[SAMPLER_WORDS]);
