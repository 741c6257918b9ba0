// Commands that copy and fill regions of images. What lies row by row is boxes of bytes like any other
// (copy.c). Tiles only the device's own kernels can copy: HSA's runtime dispatches them on a queue of its own
// and waits, so a thread of ours does that in the queue's order.
#include "host_copy.h"
#include "image.h"
#include "place.h"

#include <stdlib.h>
#include <string.h>

// ---- Regions ------------------------------------------------------------------------------------------

static bool is_tiled(const struct device_image *image) { return !image->layout.row_pitch; }

static bool region_fits(const struct device_image_place *place, const size_t region[3])
{
    for (unsigned i = 0; i < 3; i++)
        if (!region[i] || place->origin[i] >= place->image->size[i] ||
            region[i] > place->image->size[i] - place->origin[i])
            return false;
    return !place->level;
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
    const struct device_image_layout *layout = &image->layout;
    size_t row = rows_are_layers(image) ? layout->slice_pitch : layout->row_pitch;
    size_t offset =
        place->origin[0] * image->texel + place->origin[1] * row + place->origin[2] * layout->slice_pitch;
    return (struct device_rect){image->address + offset, row, layout->slice_pitch};
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

static hsa_dim3_t hsa_dimensions(const size_t sizes[3])
{
    return (hsa_dim3_t){(uint32_t)sizes[0], (uint32_t)sizes[1], (uint32_t)sizes[2]};
}

static cl_int image_status(hsa_status_t status)
{
    return status == HSA_STATUS_SUCCESS ? CL_SUCCESS : CL_OUT_OF_RESOURCES;
}

// ---- Between tiles and memory -------------------------------------------------------------------------

struct image_copy {
    struct device_queue *queue;
    const struct image_view *view;
    struct device_rect rect;
    size_t origin[3], region[3], texel;
    bool read; // from the image
};

// Has the device copy part of the region. `base` is memory that it reaches.
static cl_int part_copy(const struct image_copy *copy, const size_t offset[3], const size_t part[3],
                        void *base, size_t row_pitch, size_t slice_pitch)
{
    const size_t origin[] = {copy->origin[0] + offset[0], copy->origin[1] + offset[1],
                             copy->origin[2] + offset[2]};
    hsa_ext_image_region_t region = {hsa_dimensions(origin), hsa_dimensions(part)};
    hsa_agent_t agent = copy->view->device->agent;
    if (copy->read)
        return image_status(
            hsa_images.hsa_ext_image_export(agent, copy->view->raw, base, row_pitch, slice_pitch, &region));
    return image_status(
        hsa_images.hsa_ext_image_import(agent, base, row_pitch, slice_pitch, copy->view->raw, &region));
}

// The runtime counts pitches in texels.
static bool pitches_are_texels(const struct image_copy *copy)
{
    const size_t *region = copy->region;
    size_t row = copy->rect.row_pitch, slice = copy->rect.slice_pitch;
    return row % copy->texel == 0 &&
           (region[2] == 1 || (slice % copy->texel == 0 && slice >= row * region[1]));
}

static uint8_t *rect_at(const struct image_copy *copy, uint8_t *base, const size_t offset[3])
{
    return base + offset[1] * copy->rect.row_pitch + offset[2] * copy->rect.slice_pitch;
}

// The largest parts whose texels fit into `size` bytes: slices, else rows of one.
static void part_size(const struct image_copy *copy, size_t size, size_t part[3])
{
    size_t row = copy->region[0] * copy->texel, slice = row * copy->region[1];
    part[0] = copy->region[0];
    part[1] = slice <= size ? copy->region[1] : size / row;
    part[2] = slice <= size ? size / slice : 1;
}

typedef cl_int part_fn(const struct image_copy *, struct place *, const size_t offset[3],
                       const size_t part[3]);

// Calls `function` for all parts of the region.
static cl_int parts_copy(const struct image_copy *copy, struct place *place, const size_t most[3],
                         part_fn *function)
{
    cl_int error = CL_SUCCESS;
    const size_t *region = copy->region;
    size_t part[3] = {most[0], 0, 0};
    for (size_t z = 0; !error && z < region[2]; z += part[2]) {
        part[2] = region[2] - z < most[2] ? region[2] - z : most[2];
        for (size_t y = 0; !error && y < region[1]; y += part[1]) {
            part[1] = region[1] - y < most[1] ? region[1] - y : most[1];
            error = function(copy, place, (size_t[]){0, y, z}, part);
        }
    }
    return error;
}

static cl_int staged_part(const struct image_copy *copy, struct place *staging, const size_t offset[3],
                          const size_t part[3])
{
    size_t row = part[0] * copy->texel;
    const size_t extent[] = {row, part[1], part[2]};
    struct device_rect stage = {staging->host, row, row * part[1]}, memory = copy->rect;
    memory.base = rect_at(copy, memory.base, offset);
    if (!copy->read) host_copy(&stage, &memory, extent);
    cl_int error = part_copy(copy, offset, part, staging->engine, stage.row_pitch, stage.slice_pitch);
    if (copy->read && !error) host_copy(&memory, &stage, extent);
    return error;
}

static cl_int row_part(const struct image_copy *copy, struct place *place, const size_t offset[3],
                       const size_t part[3])
{
    size_t row = part[0] * copy->texel;
    return part_copy(copy, offset, part, rect_at(copy, place->engine, offset), row, row);
}

static cl_int image_copy_run(void *argument)
{
    struct image_copy *copy = argument;
    struct device_rect *rect = &copy->rect;
    const size_t *region = copy->region, rows[] = {region[0], 1, 1};
    size_t bytes =
        (region[2] - 1) * rect->slice_pitch + (region[1] - 1) * rect->row_pitch + region[0] * copy->texel;
    const struct device *device = copy->view->device;
    struct place place = place_find(device, rect->base, bytes), staging;
    bool locked = !device->info.process_memory && place_lock(&place, device->agent, bytes);
    bool reached = place.pinned || device->info.process_memory;
    size_t part[3];
    cl_int error;
    if (reached && pitches_are_texels(copy)) {
        error = part_copy(copy, (size_t[3]){0}, region, place.engine, rect->row_pitch, rect->slice_pitch);
    } else if (reached && !place_host_reaches(&place, bytes, bytes)) {
        error = parts_copy(copy, &place, rows, row_part);
    } else if (!(error = staging_open(copy->queue, &staging))) {
        rect->base = place.host;
        part_size(copy, STAGING_SIZE, part);
        error = parts_copy(copy, &staging, part, staged_part);
    }
    if (locked) place_unlock(&place);
    return error;
}

static cl_int tiles_copy(struct device_queue *queue, const struct device_command *command,
                         const struct device_image_place *place, const struct device_rect *rect,
                         const size_t region[3], bool read)
{
    struct image_copy *copy = calloc(1, sizeof *copy);
    if (!copy) return CL_OUT_OF_HOST_MEMORY;
    copy->queue = queue;
    copy->view = image_view_find(place->image, queue->device);
    copy->rect = *rect;
    copy->texel = place->image->texel;
    copy->read = read;
    memcpy(copy->origin, place->origin, sizeof copy->origin);
    memcpy(copy->region, region, sizeof copy->region);
    return queue_job(queue, command, &(struct queue_function){image_copy_run, free, copy, false});
}

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

// ---- Between images -----------------------------------------------------------------------------------

struct tile_copy {
    const struct image_view *to, *from;
    size_t to_origin[3], from_origin[3], region[3];
};

static cl_int tile_copy_run(void *argument)
{
    const struct tile_copy *copy = argument;
    hsa_dim3_t to = hsa_dimensions(copy->to_origin), from = hsa_dimensions(copy->from_origin),
               region = hsa_dimensions(copy->region);
    return image_status(hsa_images.hsa_ext_image_copy(copy->to->device->agent, copy->from->raw, &from,
                                                      copy->to->raw, &to, &region));
}

static cl_int tiles_to_tiles(struct device_queue *queue, const struct device_command *command,
                             const struct device_image_place *to, const struct device_image_place *from,
                             const size_t region[3])
{
    struct tile_copy *copy = calloc(1, sizeof *copy);
    if (!copy) return CL_OUT_OF_HOST_MEMORY;
    copy->to = image_view_find(to->image, queue->device);
    copy->from = image_view_find(from->image, queue->device);
    memcpy(copy->to_origin, to->origin, sizeof copy->to_origin);
    memcpy(copy->from_origin, from->origin, sizeof copy->from_origin);
    memcpy(copy->region, region, sizeof copy->region);
    return queue_job(queue, command, &(struct queue_function){tile_copy_run, free, copy, false});
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

static cl_int rows_fill(const struct image_fill *fill)
{
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

// The runtime's kernel takes a color: as many unsigned integers as the raw texel has channels.
static void raw_color(const uint8_t texel[16], size_t size, uint32_t color[4])
{
    memset(color, 0, 4 * sizeof *color);
    memcpy(color, texel, size);
}

static cl_int image_fill_run(void *argument)
{
    const struct image_fill *fill = argument;
    if (!fill->view->raw.handle) return rows_fill(fill);
    uint32_t color[4];
    raw_color(fill->texel, fill->place.image->texel, color);
    hsa_ext_image_region_t region = {hsa_dimensions(fill->place.origin), hsa_dimensions(fill->region)};
    return image_status(
        hsa_images.hsa_ext_image_clear(fill->view->device->agent, fill->view->raw, color, &region));
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
    struct image_fill *fill = calloc(1, sizeof *fill);
    if (!fill) return CL_OUT_OF_HOST_MEMORY;
    fill->view = image_view_find(place->image, queue->device);
    fill->place = *place;
    memcpy(fill->region, region, sizeof fill->region);
    memcpy(fill->texel, texel, size);
    return queue_job(queue, command, &(struct queue_function){image_fill_run, free, fill, false});
}
