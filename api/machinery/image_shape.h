// What an image is, but for its texels: type, format, sizes, pitches; and what regions it has.
// Source: OpenCL 3.0, 5.3.1 "Creating Image Objects", 5.3.3 "Reading, Writing and Copying Image Objects".
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

struct image_shape {
    cl_mem_object_type type;
    cl_image_format format;
    size_t texel;                        // bytes
    size_t width, height, depth, layers; // texels; 0: the type has none
    size_t row_pitch, slice_pitch;       // bytes, of the host's or a buffer's texels; slice_pitch 0: as above
    size_t extent[3]; // texels as origins and regions count them: 1 where the type has none
    cl_uint levels;   // as the application gave them: 0 and 1 mean that there is no mipmap
};

static inline bool image_is_mipmap(const struct image_shape *shape) { return shape->levels > 1; }

// Fills in a shape; whether a device can have as many levels is not looked at. Where there are texels of the
// host's or a buffer's, pitches may be given, multiples of `alignment`; those that are not are the least
// there can be. `alignment` 0: there are none. CL_INVALID_IMAGE_FORMAT_DESCRIPTOR (pitches not aligned, too),
// CL_INVALID_IMAGE_DESCRIPTOR, CL_INVALID_IMAGE_SIZE (a size of 0, or more bytes than addresses can count).
cl_int image_shape_make(const cl_image_format *, const cl_image_desc *, size_t alignment,
                        struct image_shape *);

// Bytes of memory that has the texels, with the shape's pitches and what pads the last row and slice, of all
// levels.
size_t image_shape_bytes(const struct image_shape *);

// A region of an image's level.
struct image_box {
    size_t origin[3], region[3]; // texels
    unsigned level;
};
// From a command's origin, which has a mipmap's level as its last number, and region. CL_INVALID_VALUE for a
// region that is empty, not within the level, or of more dimensions than the image; CL_INVALID_MIP_LEVEL.
// Source: OpenCL 3.0, "Specifying Mipmap Levels to Image Operations".
cl_int image_box_make(const struct image_shape *, const size_t *origin, const size_t *region,
                      struct image_box *);
// Whether two of one image have texels in common.
bool image_boxes_overlap(const struct image_box *, const struct image_box *);

// Pitches of texels in the host's memory or a buffer.
struct image_pitches {
    size_t row, slice; // bytes; of a 1D array, slice is that of its layers; 0: the type has none
};
// Bytes from an image's first texel to another.
size_t image_texel_offset(const struct image_shape *, const size_t origin[3], const struct image_pitches *);
// Of a region that image_box_make has passed: pitches of 0 become the least. CL_INVALID_VALUE for those
// that are too small, or that the type does not have.
cl_int image_region_pitches(const struct image_shape *, const size_t region[3], struct image_pitches *);
// Bytes of such a region, from its first to its last.
size_t image_region_bytes(const struct image_shape *, const size_t region[3], const struct image_pitches *);
