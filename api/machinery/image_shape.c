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

// The row pitch where none is given; 0: more than addresses can count.
static size_t row_choose(const struct image_shape *shape, size_t alignment)
{
    size_t row;
    if (__builtin_mul_overflow(shape->width, shape->texel, &row)) return 0;
    return __builtin_add_overflow(row, alignment - 1, &row) ? 0 : row / alignment * alignment;
}

static cl_int pitches_make(const struct type *type, const cl_image_desc *description, size_t alignment,
                           struct image_shape *shape)
{
    struct image_pitches least, pitches = {description->image_row_pitch, 0};
    if (has_slices(type)) pitches.slice = description->image_slice_pitch; // others do not look at it
    if (!alignment && (pitches.row || pitches.slice)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!alignment) alignment = 1;
    if (pitches.row % alignment || pitches.slice % alignment) return CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    if (!pitches.row) pitches.row = row_choose(shape, alignment);
    if (!pitches.row) return CL_INVALID_IMAGE_SIZE;
    if (!least_pitches(type, shape->texel, shape->extent, pitches.row, &least)) return CL_INVALID_IMAGE_SIZE;
    if (!pitches_complete(type, &least, &pitches)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (pitches.row % shape->texel || (pitches.slice && pitches.slice % pitches.row))
        return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!pitches_countable(type, shape->extent, &pitches)) return CL_INVALID_IMAGE_SIZE;
    shape->row_pitch = pitches.row;
    shape->slice_pitch = pitches.slice;
    return CL_SUCCESS;
}

// The sizes of a level: layers do not shrink.
static void level_extent(const struct image_shape *shape, unsigned level, size_t extent[3])
{
    unsigned dimensions = type_find(shape->type)->dimensions;
    for (unsigned i = 0; i < 3; i++) {
        extent[i] = i < dimensions ? shape->extent[i] >> level : shape->extent[i];
        if (!extent[i]) extent[i] = 1;
    }
}

// A mipmap has levels as long as they get smaller. Images in buffers have none.
static bool levels_fit(const struct type *type, const struct image_shape *shape)
{
    size_t largest = 0;
    if (!image_is_mipmap(shape)) return true;
    for (unsigned i = 0; i < type->dimensions; i++)
        if (shape->extent[i] > largest) largest = shape->extent[i];
    return type->type != CL_MEM_OBJECT_IMAGE1D_BUFFER && shape->levels < 8 * sizeof largest &&
           largest >> (shape->levels - 1);
}

cl_int image_shape_make(const cl_image_format *format, const cl_image_desc *description, size_t alignment,
                        struct image_shape *shape)
{
    if (!format || !image_format_valid(format)) return CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    const struct type *type = description ? type_find(description->image_type) : NULL;
    if (!type || description->num_samples) return CL_INVALID_IMAGE_DESCRIPTOR;
    *shape =
        (struct image_shape){.type = type->type, .format = *format, .levels = description->num_mip_levels};
    shape->texel = device_image_texel_size(format);
    if (!shape->texel) return CL_IMAGE_FORMAT_NOT_SUPPORTED;
    cl_int error = sizes_make(type, description, shape);
    if (!error && !levels_fit(type, shape)) error = CL_INVALID_IMAGE_DESCRIPTOR;
    return error ? error : pitches_make(type, description, alignment, shape);
}

// ---- Regions ------------------------------------------------------------------------------------------

// Takes the level of a mipmap out of an origin, where it follows the coordinates.
static cl_int level_take(const struct image_shape *shape, const size_t *origin, struct image_box *box)
{
    const struct type *type = type_find(shape->type);
    unsigned axis = type->dimensions + type->layered;
    if (!image_is_mipmap(shape)) return CL_SUCCESS;
    if (origin[axis] >= shape->levels) return CL_INVALID_MIP_LEVEL;
    box->level = (unsigned)origin[axis];
    if (axis < 3) box->origin[axis] = 0;
    return CL_SUCCESS;
}

cl_int image_box_make(const struct image_shape *shape, const size_t *origin, const size_t *region,
                      struct image_box *box)
{
    size_t extent[3];
    if (!origin || !region) return CL_INVALID_VALUE;
    *box = (struct image_box){{origin[0], origin[1], origin[2]}, {region[0], region[1], region[2]}, 0};
    cl_int error = level_take(shape, origin, box);
    if (error) return error;
    level_extent(shape, box->level, extent);
    for (unsigned i = 0; i < 3; i++)
        if (!region[i] || box->origin[i] > extent[i] || region[i] > extent[i] - box->origin[i])
            return CL_INVALID_VALUE;
    return CL_SUCCESS;
}

bool image_boxes_overlap(const struct image_box *a, const struct image_box *b)
{
    if (a->level != b->level) return false;
    for (unsigned i = 0; i < 3; i++)
        if (a->origin[i] + a->region[i] <= b->origin[i] || b->origin[i] + b->region[i] <= a->origin[i])
            return false;
    return true;
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
    size_t bytes = has_slices(type) ? shape->slice_pitch * shape->extent[slice_axis(type)]
                                    : shape->row_pitch * shape->extent[1];
    for (unsigned i = 1; i < shape->levels; i++) {
        size_t extent[3];
        level_extent(shape, i, extent);
        bytes += extent[0] * extent[1] * extent[2] * shape->texel; // pitches are those of mipmaps only
    }
    return bytes;
}
