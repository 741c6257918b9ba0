// Images and samplers of a compute device, as the API layer sees them. What device.h says of errors, threads
// and the process's exit holds here too.
//
// Types and formats are OpenCL's (CL_MEM_OBJECT_IMAGE*, cl_image_format), and so are coordinates: of a 1D
// array, y is the layer, of a 2D array z is. What a type lacks has origin 0 and size 1. A texel is an element
// of an image: all its channels.
#pragma once

#include "device.h"

// ---- What a device can do -----------------------------------------------------------------------------

// All 0: the device has no images (older hardware, or a runtime without them).
struct device_image_limits {
    size_t max_width, max_height; // texels of 1D and 2D images and their arrays
    size_t max_3d[3];
    size_t max_layers;      // of arrays
    size_t max_buffer_size; // texels of a 1D image in a buffer
    size_t pitch_alignment; // bytes that rows and slices of images in buffers are multiples of, …
    size_t base_alignment;  // … and their address; powers of two
    bool texel_alignment;   // for the address of 1D images in buffers, a multiple of their texel is enough
    unsigned max_levels;    // of mipmaps; 1: no mipmaps
};
const struct device_image_limits *device_image_limits(const struct device *);
static inline bool device_has_images(const struct device *device)
{
    return device_image_limits(device)->max_width != 0;
}

enum { // what kernels may do with an image
    DEVICE_IMAGE_READ = 1,
    DEVICE_IMAGE_WRITE = 2,
    DEVICE_IMAGE_READ_WRITE = 4, // one kernel both (CL_MEM_KERNEL_READ_AND_WRITE)
};
struct device_image_format {
    cl_image_format format;
    unsigned uses; // of the above, or-ed
};
// The formats that images of a type can have, those that OpenCL demands first. Returns an array owned by
// device/hsa, *count is 0 where there are none.
const struct device_image_format *device_image_formats(const struct device *, cl_mem_object_type,
                                                       unsigned *count);
// Bytes of a texel: 1, 2, 4, 8 or 16; 0: no format of OpenCL's that any device has.
size_t device_image_texel_size(const cl_image_format *);

// ---- Images -------------------------------------------------------------------------------------------

struct device_image;

// What an image is to be. Its texels lie
//  - in memory of its own (memory and view are NULL): tiled as the device likes it best, or, with `linear`
//    set, row by row;
//  - at `memory`, an address that all the devices reach (a buffer's, device_memory_address): row by row, with
//    the pitches given. Who creates it keeps the memory until the image is destroyed;
//  - where another image's are (`view`): of the same type and sizes, with a format whose texels are as large
//    (sRGB and depth views). Who creates it keeps that image.
struct device_image_description {
    cl_mem_object_type type;
    cl_image_format format;
    size_t width, height, depth; // texels
    size_t layers;               // of arrays
    unsigned levels;             // of its mipmap; 0 and 1: just the image
    bool linear;
    void *memory;
    size_t row_pitch, slice_pitch; // bytes; 0: as small as the device can have them. Slices: of 3D and arrays
    const struct device_image *view;
};

// How such an image lies in memory.
struct device_image_layout {
    size_t size;                                       // bytes
    size_t alignment;                                  // of its address, bytes
    size_t row_pitch, slice_pitch;                     // bytes; 0: it is tiled
    size_t row_pitch_alignment, slice_pitch_alignment; // bytes that given ones must be multiples of
};
// CL_IMAGE_FORMAT_NOT_SUPPORTED, CL_INVALID_IMAGE_SIZE (sizes beyond the limits, pitches that the device
// cannot have), CL_INVALID_IMAGE_DESCRIPTOR (no such type, or more levels than the device can have).
cl_int device_image_layout(struct device *const *devices, unsigned count,
                           const struct device_image_description *, struct device_image_layout *);

// An image for `count` devices of one context: of different kinds, they share a linear one. Errors: those of
// device_image_layout; CL_INVALID_IMAGE_SIZE for `memory` that is not aligned;
// CL_MEM_OBJECT_ALLOCATION_FAILURE.
cl_int device_image_create(struct device *const *devices, unsigned count,
                           const struct device_image_description *, struct device_image **);
void device_image_destroy(struct device_image *); // no command may be using it
const struct device_image_layout *device_image_laid_out(const struct device_image *);
// What a kernel's image argument is: the descriptor's address, 8 bytes. NULL: not one of the image's devices.
const void *device_image_descriptor(const struct device_image *, const struct device *);
// Where the host can read and write a level's texels itself: *rect is the first one's address and the
// pitches. False: it cannot (tiled, or memory that it does not reach). After writing:
// device_image_host_wrote.
bool device_image_host(const struct device_image *, unsigned level, struct device_rect *);
void device_image_host_wrote(const struct device_image *);

// ---- Samplers -----------------------------------------------------------------------------------------

struct device_sampler;
struct device_sampler_description {
    bool normalized;
    cl_addressing_mode addressing;
    cl_filter_mode filter, mip_filter; // mip_filter 0: none
    float min_lod, max_lod;            // used with a mip_filter
};
// CL_INVALID_VALUE: no such mode.
cl_int device_sampler_create(struct device *const *devices, unsigned count,
                             const struct device_sampler_description *, struct device_sampler **);
void device_sampler_destroy(struct device_sampler *); // no command may be using it
// What a kernel's sampler argument is: the descriptor's address, 8 bytes.
const void *device_sampler_descriptor(const struct device_sampler *, const struct device *);

// ---- Commands -----------------------------------------------------------------------------------------

// A place in an image: its first texel.
struct device_image_place {
    const struct device_image *image;
    size_t origin[3];
    unsigned level; // of a mipmap
};

// All take a region of `region` texels that lies within the image or images, and return like
// device_queue_copy. Images must have been created for the queue's device.

// From image to image: texels of the same size, bit by bit. The regions must not overlap.
cl_int device_queue_copy_image(struct device_queue *, const struct device_command *,
                               const struct device_image_place *to, const struct device_image_place *from,
                               const size_t region[3]);
// Between an image and memory of the device or the host (pageable too), which is read or written until the
// command has ended: buffers, clEnqueueReadImage and WriteImage, maps. Pitches of 0: row behind row, slice
// behind slice. Of a 1D array, slice_pitch is that of its layers.
cl_int device_queue_read_image(struct device_queue *, const struct device_command *,
                               const struct device_rect *to, const struct device_image_place *from,
                               const size_t region[3]);
cl_int device_queue_write_image(struct device_queue *, const struct device_command *,
                                const struct device_image_place *to, const struct device_rect *from,
                                const size_t region[3]);
// Sets all texels to a color: four floats, int32s or uint32s, as the format's channel type wants them
// (DEPTH: one float), converted as writing it would. Copied. (clEnqueueFillImage)
cl_int device_queue_fill_image(struct device_queue *, const struct device_command *,
                               const struct device_image_place *, const void *color, const size_t region[3]);
