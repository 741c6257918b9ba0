// What makes a memory object an image.
#pragma once

#include "api/machinery/image_shape.h"
#include "device/device_image.h"

struct image {
    struct image_shape shape;
    struct device_image *device;
    bool apart; // CL_MEM_USE_HOST_PTR with texels that the device cannot have there: they are copied
};

// Frees one with or without a device image.
void image_free(struct image *);
