// Boxes of an image's texels, as they are.
#pragma once

#include "image.h"

#include <stddef.h>

struct image_box {
    uint32_t origin[COORDINATES], size[COORDINATES]; // texels: within the level, not empty
    uint8_t *memory;                                 // rows of texels
    size_t row_pitch, slice_pitch;                   // bytes; may be 0: one row for all
    bool streams; // past the caches: it is part of what is too much for them
};

// Reads them from the image to memory, or writes them there. What a row has of a block's texels that lie one
// behind the other is copied at once.
void image_box_copy(const struct image *, const struct image_level *, const struct image_box *, bool read);
