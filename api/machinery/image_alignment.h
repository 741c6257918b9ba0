// How images have to lie in buffers. Source: OpenCL 3.0, 5.3.1.2 "Image Descriptor";
// cl_ext_image_requirements_info, cl_ext_image_from_buffer.
#pragma once

#include "api/machinery/image_shape.h"

struct kiln_context;

// Bytes, powers of two: what addresses, row pitches and slice pitches are multiples of.
struct image_alignment {
    size_t base, row, slice;
};

// Enough for all devices of the context that have images. Type 0, texel 0: for every one.
struct image_alignment image_alignment_of(const struct kiln_context *, cl_mem_object_type, size_t texel);

// Whether an image of this shape can lie at the address. CL_INVALID_IMAGE_FORMAT_DESCRIPTOR; so it is too for
// arrays and volumes with more between rows, or between slices, than alignment asks for: the hardware has no
// pitches for them.
cl_int image_alignment_check(const struct kiln_context *, const struct image_shape *, const void *address);
