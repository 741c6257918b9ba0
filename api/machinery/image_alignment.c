#include "api/machinery/image_alignment.h"

#include "api/context.h"

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static size_t base_of(const struct device_image_limits *limits, cl_mem_object_type type, size_t texel)
{
    if (type != CL_MEM_OBJECT_IMAGE1D_BUFFER || !texel) return limits->base_alignment;
    return limits->texel_alignment ? texel : limits->base_alignment;
}

struct image_alignment image_alignment_of(const struct kiln_context *context, cl_mem_object_type type,
                                          size_t texel)
{
    bool rows = type != CL_MEM_OBJECT_IMAGE1D && type != CL_MEM_OBJECT_IMAGE1D_BUFFER;
    bool slices = rows && type != CL_MEM_OBJECT_IMAGE2D;
    struct image_alignment alignment = {1, 1, 1};
    for (unsigned i = 0; i < context->device_count; i++) {
        const struct device_image_limits *limits = device_image_limits(context->devices[i]->device);
        if (!limits->max_width) continue;
        alignment.base = larger(alignment.base, base_of(limits, type, texel));
        if (rows) alignment.row = larger(alignment.row, limits->pitch_alignment);
        if (slices) alignment.slice = larger(alignment.slice, limits->pitch_alignment);
    }
    return alignment;
}

cl_int image_alignment_check(const struct kiln_context *context, const struct image_shape *shape,
                             const void *address)
{
    const struct image_alignment alignment = image_alignment_of(context, shape->type, shape->texel);
    cl_int error = CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    if ((uintptr_t)address % alignment.base || shape->row_pitch % alignment.row ||
        shape->slice_pitch % alignment.slice)
        return error;
    if (!shape->slice_pitch) return CL_SUCCESS;
    size_t rows = shape->height ? shape->height : 1, row = shape->width * shape->texel;
    bool dense = shape->row_pitch - row < alignment.row && shape->slice_pitch == shape->row_pitch * rows;
    return dense ? CL_SUCCESS : error;
}
