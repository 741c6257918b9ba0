// Images that a compute unit's waves named lately, decoded: a descriptor is read by many instructions.
#pragma once

#include "device/softgpu/isa/sample.h"

enum { IMAGES_KEPT_LOG2 = 4 };

struct image_kept {
    bool valid;
    uint32_t words[IMAGE_WORDS];
    struct image image;
    struct image_levels levels;
};

// Returns NULL, or what about the descriptor this device lacks. *kept stays until the next call.
const char *images_kept_find(struct image_kept kept[1 << IMAGES_KEPT_LOG2], const uint32_t words[IMAGE_WORDS],
                             struct image_kept **found);
