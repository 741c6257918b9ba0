// Commands that copy and fill regions of images. What lies row by row is boxes of bytes like any other
// (copy.c), tiles are not (image_tiles.c).
#include "image_tiles.h"

#include "host_copy.h"
#include "place.h"

#include <stdlib.h>
#include <string.h>

// ---- Regions ------------------------------------------------------------------------------------------

static bool is_tiled(const struct device_image *image) { return !image->layout.row_pitch; }

static bool region_fits(const struct device_image_place *place, const size_t region[3])
{
    if (place->level >= place->image->levels) return false;
    struct image_level level = image_level_find(place->image, place->level);
    for (unsigned i = 0; i < 3; i++)
        if (!region[i] || place->origin[i] >= level.size[i] || region[i] > level.size[i] - place->origin[i])
            return false;
    return true;
}

static cl_int place_check(const struct device_queue *queue, const struct device_image_place *place,
                          const size_t region[3])
{
    if (!region_fits(place, region)) return CL_INVALID_VALUE;
    return image_view_find(place->image, queue->device) ? CL_SUCCESS : CL_INVALID_MEM_OBJECT;
}

// Of a 1D array, the slices of memory are its layers, which coordinates have for rows.
static bool rows_are_layers(const struct device_image *image)
{
    return image->type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
}

// The region of an image that is not tiled, as a box.
static struct device_rect image_rect(const struct device_image_place *place)
{
    const struct device_image *image = place->image;
    struct image_level level = image_level_find(image, place->level);
    size_t slice = image->layout.slice_pitch, row = rows_are_layers(image) ? slice : level.row_pitch;
    size_t offset =
        level.offset + place->origin[0] * image->texel + place->origin[1] * row + place->origin[2] * slice;
    return (struct device_rect){image->address + offset, row, slice};
}

// Memory that a region is copied to or from, with the pitches that were left out.
static struct device_rect memory_rect(const struct device_image *image, const struct device_rect *given,
                                      const size_t region[3])
{
    size_t row = given->row_pitch ? given->row_pitch : region[0] * image->texel;
    if (rows_are_layers(image)) {
        row = given->slice_pitch ? given->slice_pitch : row;
        return (struct device_rect){given->base, row, row * region[1]};
    }
    return (struct device_rect){given->base, row, given->slice_pitch ? given->slice_pitch : row * region[1]};
}

// ---- Commands -----------------------------------------------------------------------------------------

cl_int device_queue_read_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_rect *to, const struct device_image_place *from,
                               const size_t region[3])
{
    cl_int error = place_check(queue, from, region);
    if (error) return error;
    struct device_rect rect = memory_rect(from->image, to, region);
    if (is_tiled(from->image)) return tiles_copy(queue, command, from, &rect, region, true);
    struct device_rect image = image_rect(from);
    return device_queue_copy_rect(queue, command, &rect, &image,
                                  (size_t[]){region[0] * from->image->texel, region[1], region[2]});
}

cl_int device_queue_write_image(struct device_queue *queue, const struct device_command *command,
                                const struct device_image_place *to, const struct device_rect *from,
                                const size_t region[3])
{
    cl_int error = place_check(queue, to, region);
    if (error) return error;
    struct device_rect rect = memory_rect(to->image, from, region);
    if (is_tiled(to->image)) return tiles_copy(queue, command, to, &rect, region, false);
    struct device_rect image = image_rect(to);
    return device_queue_copy_rect(queue, command, &image, &rect,
                                  (size_t[]){region[0] * to->image->texel, region[1], region[2]});
}

static bool is_whole(const struct device_image_place *place, const size_t region[3])
{
    return !memcmp(place->image->size, region, sizeof place->image->size);
}

cl_int device_queue_copy_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_image_place *to, const struct device_image_place *from,
                               const size_t region[3])
{
    cl_int error = place_check(queue, to, region);
    if (!error) error = place_check(queue, from, region);
    if (error) return error;
    size_t texel = to->image->texel;
    if (from->image->texel != texel) return CL_IMAGE_FORMAT_MISMATCH;
    bool to_tiles = is_tiled(to->image), from_tiles = is_tiled(from->image);
    if (to_tiles && from_tiles && is_whole(to, region) && is_whole(from, region) &&
        to->image->type == from->image->type)
        return device_queue_copy(queue, command, to->image->address, from->image->address,
                                 to->image->layout.size);
    if (to_tiles && from_tiles) return tiles_to_tiles(queue, command, to, from, region);
    struct device_rect rect = to_tiles ? image_rect(from) : image_rect(to);
    if (to_tiles) return tiles_copy(queue, command, to, &rect, region, false);
    if (from_tiles) return tiles_copy(queue, command, from, &rect, region, true);
    struct device_rect from_rect = image_rect(from);
    return device_queue_copy_rect(queue, command, &rect, &from_rect,
                                  (size_t[]){region[0] * texel, region[1], region[2]});
}

// ---- Fills --------------------------------------------------------------------------------------------

struct image_fill {
    const struct image_view *view;
    struct device_image_place place;
    size_t region[3];
    uint8_t texel[16];
};

static cl_int rows_fill(void *argument)
{
    const struct image_fill *fill = argument;
    struct device_rect rect = image_rect(&fill->place);
    struct place place = place_find(fill->view->device, rect.base, 1);
    size_t row = fill->region[0] * fill->place.image->texel;
    for (size_t z = 0; z < fill->region[2]; z++)
        for (size_t y = 0; y < fill->region[1]; y++)
            host_fill(place.host + z * rect.slice_pitch + y * rect.row_pitch, row, fill->texel,
                      fill->place.image->texel);
    device_host_wrote(fill->view->device);
    return CL_SUCCESS;
}

cl_int device_queue_fill_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_image_place *place, const void *color,
                               const size_t region[3])
{
    struct image_format format;
    uint8_t texel[16];
    size_t size = place->image->texel;
    cl_int error = place_check(queue, place, region);
    if (error) return error;
    if (!image_format_find(&place->image->format, &format)) return CL_IMAGE_FORMAT_NOT_SUPPORTED;
    image_format_encode(&format, color, texel);
    if (!is_tiled(place->image) && region[1] * region[2] == 1)
        return device_queue_fill(queue, command, image_rect(place).base, texel, size, region[0] * size);
    if (is_tiled(place->image) || !queue->device->host_cached)
        return tiles_fill(queue, command, place, texel, region);
    struct image_fill *fill = calloc(1, sizeof *fill);
    if (!fill) return CL_OUT_OF_HOST_MEMORY;
    fill->view = image_view_find(place->image, queue->device);
    fill->place = *place;
    memcpy(fill->region, region, sizeof fill->region);
    memcpy(fill->texel, texel, size);
    return queue_job(queue, command, &(struct queue_function){rows_fill, free, fill, false});
}
