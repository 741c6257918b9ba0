// Images, as the files that make and copy them see them.
#pragma once

#include "device/device_image.h"
#include "image_format.h"
#include "runtime.h"

// The runtime's functions for images. Valid where device_image_limits are not all 0.
extern hsa_ext_images_1_pfn_t hsa_images;

// An image as one of its devices has it.
struct image_view {
    struct device *device;
    hsa_ext_image_t image; // for kernels: the handle is the descriptor's address
    hsa_ext_image_t raw;   // for the runtime's copies: texels as unsigned integers; 0: it does none
};

struct device_image {
    cl_mem_object_type type;
    cl_image_format format;
    size_t texel;                // bytes
    size_t size[3];              // in coordinates: layers follow the others
    unsigned levels, dimensions; // of its mipmap, at least 1; without layers
    struct device_image_layout layout;
    struct device_memory *memory; // its own, or NULL
    uint8_t *address;
    unsigned count;
    struct image_view views[];
};

// A level of an image that is not tiled.
struct image_level {
    size_t size[3];
    size_t offset, row_pitch; // bytes; slices of all levels have the image's pitch
};
struct image_level image_level_find(const struct device_image *, unsigned level);

// The image as a device of its has it; NULL: none of its devices.
const struct image_view *image_view_find(const struct device_image *, const struct device *);

// ---- What a device can do -----------------------------------------------------------------------------

// Whether descriptors are GFX10's, and so can be changed to what HSA has no name for.
bool image_descriptors_known(const struct device *);
// Whether threads of ours copy the texels of tiled images, in place of HSA's runtime.
bool image_host_copies_tiles(const struct device *);
hsa_ext_image_geometry_t image_geometry(cl_mem_object_type, const struct image_format *);
// What kernels may do with images of a format (enum of device_image.h); 0: there are none.
unsigned image_format_uses(const struct device *, cl_mem_object_type, const struct image_format *);
