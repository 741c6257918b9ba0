// The devices of a context that have images.
#pragma once

#include "device/device_image.h"

#include <stdbool.h>

struct kiln_context;

// The first one; NULL: there is none.
struct device *image_device_first(const struct kiln_context *);

struct image_devices {
    struct device **list; // each once, though a context may have several sub-devices of it
    unsigned count;
};
// False: out of memory. The list is the caller's to free.
bool image_devices_find(const struct kiln_context *, struct image_devices *);
