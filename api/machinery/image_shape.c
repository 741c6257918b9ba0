#include "api/machinery/image_shape.h"

#include "api/machinery/image_format.h"
#include "device/device_image.h"

// What each type has.
static const struct type {
    cl_mem_object_type type;
    unsigned dimensions;
    bool layered;
} types[] = {
    {CL_MEM_OBJECT_IMAGE1D, 1, false},        {CL_MEM_OBJECT_IMAGE2D, 2, false},
    {CL_MEM_OBJECT_IMAGE3D, 3, false},        {CL_MEM_OBJECT_IMAGE1D_ARRAY, 1, true},
    {CL_MEM_OBJECT_IMAGE1D_BUFFER, 1, false}, {CL_MEM_OBJECT_IMAGE2D_ARRAY, 2, true},
};

static const struct type *type_find(cl_mem_object_type type)
{
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type) return &types[i];
    return NULL;
}

// Slices, a layer each of an array, are what slice pitches are of.
static bool has_slices(const struct type *type) { return type->layered || type->dimensions == 3; }

// Which of an origin's numbers counts slices.
static unsigned slice_axis(const struct type *type) { return type->dimensions == 1 ? 1 : 2; }

// ---- Making -------------------------------------------------------------------------------------------

// CL_INVALID_IMAGE_SIZE where a size is 0.
static cl_int sizes_make(const struct type *type, const cl_image_desc *description, struct image_shape *shape)
{
    shape->width = description->image_width;
    shape->height = type->dimensions >= 2 ? description->image_height : 0;
    shape->depth = type->dimensions >= 3 ? description->image_depth : 0;
    shape->layers = type->layered ? description->image_array_size : 0;
    for (unsigned i = 0; i < 3; i++) shape->extent[i] = 1;
    shape->extent[0] = shape->width;
    if (type->dimensions >= 2) shape->extent[1] = shape->height;
    if (type->dimensions >= 3) shape->extent[2] = shape->depth;
    if (type->layered) shape->extent[slice_axis(type)] = shape->layers;
    return shape->extent[0] && shape->extent[1] && shape->extent[2] ? CL_SUCCESS : CL_INVALID_IMAGE_SIZE;
}

// The least pitches of a region; false: more than addresses can count.
static bool least_pitches(const struct type *type, size_t texel, const size_t region[3], size_t row_pitch,
                          struct image_pitches *least)
{
    size_t rows = type->dimensions >= 2 ? region[1] : 1, all;
    *least = (struct image_pitches){0};
    return !__builtin_mul_overflow(region[0], texel, &least->row) &&
           !__builtin_mul_overflow(row_pitch ? row_pitch : least->row, rows, &least->slice) &&
           !__builtin_mul_overflow(least->slice, region[slice_axis(type)], &all);
}

// Pitches of 0 become the least. False: too small.
static bool pitches_complete(const struct type *type, const struct image_pitches *least,
                             struct image_pitches *pitches)
{
    if (!pitches->row) pitches->row = least->row;
    if (!has_slices(type)) {
        bool given = pitches->slice;
        pitches->slice = 0;
        return pitches->row >= least->row && !given;
    }
    if (!pitches->slice) pitches->slice = least->slice;
    return pitches->row >= least->row && pitches->slice >= least->slice;
}

// Whether addresses can count all bytes of a region.
static bool pitches_countable(const struct type *type, const size_t region[3],
                              const struct image_pitches *pitches)
{
    size_t all;
    return !__builtin_mul_overflow(pitches->slice, region[slice_axis(type)], &all);
}

static cl_int pitches_make(const struct type *type, const cl_image_desc *description, bool pitched,
                           struct image_shape *shape)
{
    struct image_pitches least, pitches = {description->image_row_pitch, 0};
    if (has_slices(type)) pitches.slice = description->image_slice_pitch; // others do not look at it
    if (!pitched && (pitches.row || pitches.slice)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!least_pitches(type, shape->texel, shape->extent, pitches.row, &least)) return CL_INVALID_IMAGE_SIZE;
    if (!pitches_complete(type, &least, &pitches)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (pitches.row % shape->texel || (pitches.slice && pitches.slice % pitches.row))
        return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!pitches_countable(type, shape->extent, &pitches)) return CL_INVALID_IMAGE_SIZE;
    shape->row_pitch = pitches.row;
    shape->slice_pitch = pitches.slice;
    return CL_SUCCESS;
}

cl_int image_shape_make(const cl_image_format *format, const cl_image_desc *description, bool pitched,
                        struct image_shape *shape)
{
    if (!format || !image_format_valid(format)) return CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    const struct type *type = description ? type_find(description->image_type) : NULL;
    if (!type || description->num_mip_levels || description->num_samples) return CL_INVALID_IMAGE_DESCRIPTOR;
    *shape = (struct image_shape){.type = type->type, .format = *format};
    shape->texel = device_image_texel_size(format);
    if (!shape->texel) return CL_IMAGE_FORMAT_NOT_SUPPORTED;
    cl_int error = sizes_make(type, description, shape);
    return error ? error : pitches_make(type, description, pitched, shape);
}

// ---- Regions ------------------------------------------------------------------------------------------

cl_int image_region_check(const struct image_shape *shape, const size_t *origin, const size_t *region)
{
    if (!origin || !region) return CL_INVALID_VALUE;
    for (unsigned i = 0; i < 3; i++)
        if (!region[i] || origin[i] > shape->extent[i] || region[i] > shape->extent[i] - origin[i])
            return CL_INVALID_VALUE;
    return CL_SUCCESS;
}

cl_int image_region_pitches(const struct image_shape *shape, const size_t region[3],
                            struct image_pitches *pitches)
{
    const struct type *type = type_find(shape->type);
    struct image_pitches least;
    if (!least_pitches(type, shape->texel, region, pitches->row, &least) ||
        !pitches_complete(type, &least, pitches) || !pitches_countable(type, region, pitches))
        return CL_INVALID_VALUE;
    return CL_SUCCESS;
}

size_t image_texel_offset(const struct image_shape *shape, const size_t origin[3],
                          const struct image_pitches *pitches)
{
    size_t y_pitch = shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? pitches->slice : pitches->row;
    return origin[0] * shape->texel + origin[1] * y_pitch + origin[2] * pitches->slice;
}

size_t image_region_bytes(const struct image_shape *shape, const size_t region[3],
                          const struct image_pitches *pitches)
{
    const size_t last[3] = {region[0] - 1, region[1] - 1, region[2] - 1};
    return image_texel_offset(shape, last, pitches) + shape->texel;
}

size_t image_shape_bytes(const struct image_shape *shape)
{
    const struct type *type = type_find(shape->type);
    if (has_slices(type)) return shape->slice_pitch * shape->extent[slice_axis(type)];
    return shape->row_pitch * shape->extent[1];
}

bool image_boxes_overlap(const struct image_box *a, const struct image_box *b)
{
    for (unsigned i = 0; i < 3; i++)
        if (a->origin[i] + a->region[i] <= b->origin[i] || b->origin[i] + b->region[i] <= a->origin[i])
            return false;
    return true;
}
