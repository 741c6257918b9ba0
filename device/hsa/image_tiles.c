// Tiles are copied and filled by kernels of HSA's runtime, which it dispatches on a queue of its own and
// waits for: so a thread of ours asks for them in the queue's order. Where the device is software, that
// thread copies the texels itself.
#include "image_tiles.h"

#include "base/sanitizer.h"
#include "host_copy.h"
#include "kick.h"
#include "place.h"
#include "share.h"

#include <stdlib.h>
#include <string.h>

#define DIRECT_LIMIT   (64u << 10)  // bytes that the calling thread may copy when the queue is idle
#define PART           (256u << 10) // bytes that a thread takes at a time
#define STREAM_MINIMUM (8u << 20)   // bytes that are too much for the caches

// A region of an image that is not linear, for the runtime and for the host.
struct tiles {
    const struct image_view *view;
    size_t origin[3], texel;
};

struct tiles_job {
    struct device_queue *queue;
    struct tiles tiles, other; // of copies between images, `other` is where from
    size_t region[3];
    struct device_rect rect;
    struct device_image_place place; // of fills
    uint8_t texel[16];
    bool read; // from the image
};

static struct tiles tiles_of(const struct device_queue *queue, const struct device_image_place *place)
{
    struct tiles tiles = {.view = image_view_find(place->image, queue->device), .texel = place->image->texel};
    memcpy(tiles.origin, place->origin, sizeof tiles.origin);
    return tiles;
}

// ---- By the host --------------------------------------------------------------------------------------

// Memory's side of a copy by the host, and how it is shared among threads.
struct share {
    const struct tiles_job *job;
    uint8_t *memory; // NULL: from `other`
    size_t row_pitch, slice_pitch;
    size_t rows, row_parts; // of a part; parts of a slice
    bool streams;
    _Atomic(bool) failed;
};

static bool texels_copy(const struct tiles *tiles, const size_t offset[3], const size_t size[3],
                        uint8_t *memory, size_t row_pitch, bool read, bool streams)
{
    struct softgpu_texels texels = {
        .descriptor = (const uint32_t *)(uintptr_t)tiles->view->image.handle,
        .memory = memory,
        .row_pitch = row_pitch,
        .read = read,
        .streams = streams,
    };
    for (int i = 0; i < 3; i++) {
        texels.origin[i] = (uint32_t)(tiles->origin[i] + offset[i]);
        texels.size[i] = (uint32_t)size[i];
    }
    return kick_texels_copy(&texels);
}

static bool part_between(const struct tiles_job *job, const size_t offset[3], const size_t size[3],
                         bool streams)
{
    size_t row = size[0] * job->tiles.texel;
    uint8_t *rows = malloc(row * size[1]);
    bool done = rows && texels_copy(&job->other, offset, size, rows, row, true, false) &&
                texels_copy(&job->tiles, offset, size, rows, row, false, streams);
    free(rows);
    return done;
}

static void share_part(void *argument, size_t index)
{
    struct share *share = argument;
    const struct tiles_job *job = share->job;
    size_t z = index / share->row_parts, y = index % share->row_parts * share->rows,
           left = job->region[1] - y;
    const size_t offset[] = {0, y, z}, size[] = {job->region[0], left < share->rows ? left : share->rows, 1};
    uint8_t *memory = share->memory + z * share->slice_pitch + y * share->row_pitch;
    if (!(share->memory
              ? texels_copy(&job->tiles, offset, size, memory, share->row_pitch, job->read, share->streams)
              : part_between(job, offset, size, share->streams)))
        share->failed = true;
}

static cl_int host_shares(const struct tiles_job *job, uint8_t *memory, size_t row_pitch, size_t slice_pitch)
{
    struct share share = {.job = job, .memory = memory, .row_pitch = row_pitch, .slice_pitch = slice_pitch};
    size_t row = job->region[0] * job->tiles.texel;
    share.streams = row * job->region[1] * job->region[2] >= STREAM_MINIMUM;
    share.rows = row < PART ? PART / row : 1;
    share.row_parts = (job->region[1] - 1) / share.rows + 1;
    share_parts(share.row_parts * job->region[2], share_part, &share);
    return share.failed ? CL_OUT_OF_HOST_MEMORY : CL_SUCCESS;
}

static bool host_has_tiles(const struct tiles_job *job)
{
    return image_host_copies_tiles(job->queue->device);
}

// Whether the thread that asks may do it at once.
static bool is_short(const struct tiles_job *job)
{
    const size_t *region = job->region;
    return host_has_tiles(job) && region[0] * region[1] * region[2] * job->tiles.texel <= DIRECT_LIMIT;
}

// One row of memory for all of the image.
static cl_int host_fills(const struct tiles_job *job)
{
    size_t row = job->region[0] * job->tiles.texel;
    uint8_t *texels = malloc(row);
    if (!texels) return CL_OUT_OF_HOST_MEMORY;
    host_fill(texels, row, job->texel, job->tiles.texel);
    cl_int error = host_shares(job, texels, 0, 0);
    free(texels);
    return error;
}

// ---- By the runtime -----------------------------------------------------------------------------------

static hsa_dim3_t hsa_dimensions(const size_t sizes[3])
{
    return (hsa_dim3_t){(uint32_t)sizes[0], (uint32_t)sizes[1], (uint32_t)sizes[2]};
}

static cl_int runtime_ended(hsa_status_t status)
{
    sanitizer_acquire(SANITIZER_COPIES);
    return status == HSA_STATUS_SUCCESS ? CL_SUCCESS : CL_OUT_OF_RESOURCES;
}

// Has the device copy part of the region. `base` is memory that it reaches.
static cl_int part_copy(const struct tiles_job *job, const size_t offset[3], const size_t part[3], void *base,
                        size_t row_pitch, size_t slice_pitch)
{
    const struct tiles *tiles = &job->tiles;
    const size_t origin[] = {tiles->origin[0] + offset[0], tiles->origin[1] + offset[1],
                             tiles->origin[2] + offset[2]};
    hsa_ext_image_region_t region = {hsa_dimensions(origin), hsa_dimensions(part)};
    hsa_agent_t agent = tiles->view->device->agent;
    sanitizer_release(SANITIZER_COPIES);
    if (job->read)
        return runtime_ended(
            hsa_images.hsa_ext_image_export(agent, tiles->view->raw, base, row_pitch, slice_pitch, &region));
    return runtime_ended(
        hsa_images.hsa_ext_image_import(agent, base, row_pitch, slice_pitch, tiles->view->raw, &region));
}

// The runtime counts pitches in texels.
static bool pitches_are_texels(const struct tiles_job *job)
{
    const size_t *region = job->region, texel = job->tiles.texel;
    size_t row = job->rect.row_pitch, slice = job->rect.slice_pitch;
    return row % texel == 0 && (region[2] == 1 || (slice % texel == 0 && slice >= row * region[1]));
}

static uint8_t *rect_at(const struct tiles_job *job, uint8_t *base, const size_t offset[3])
{
    return base + offset[1] * job->rect.row_pitch + offset[2] * job->rect.slice_pitch;
}

// The largest parts whose texels fit into `size` bytes: slices, else rows of one.
static void part_size(const struct tiles_job *job, size_t size, size_t part[3])
{
    size_t row = job->region[0] * job->tiles.texel, slice = row * job->region[1];
    part[0] = job->region[0];
    part[1] = slice <= size ? job->region[1] : size / row;
    part[2] = slice <= size ? size / slice : 1;
}

typedef cl_int part_fn(const struct tiles_job *, const struct place *, const size_t offset[3],
                       const size_t part[3]);

// Calls `function` for all parts of the region.
static cl_int parts_copy(const struct tiles_job *job, const struct place *place, const size_t most[3],
                         part_fn *function)
{
    cl_int error = CL_SUCCESS;
    const size_t *region = job->region;
    size_t part[3] = {most[0], 0, 0};
    for (size_t z = 0; !error && z < region[2]; z += part[2]) {
        part[2] = region[2] - z < most[2] ? region[2] - z : most[2];
        for (size_t y = 0; !error && y < region[1]; y += part[1]) {
            part[1] = region[1] - y < most[1] ? region[1] - y : most[1];
            error = function(job, place, (size_t[]){0, y, z}, part);
        }
    }
    return error;
}

static cl_int staged_part(const struct tiles_job *job, const struct place *staging, const size_t offset[3],
                          const size_t part[3])
{
    size_t row = part[0] * job->tiles.texel;
    const size_t extent[] = {row, part[1], part[2]};
    struct device_rect stage = {staging->host, row, row * part[1]}, memory = job->rect;
    memory.base = rect_at(job, memory.base, offset);
    if (!job->read) host_copy(&stage, &memory, extent);
    cl_int error = part_copy(job, offset, part, staging->engine, stage.row_pitch, stage.slice_pitch);
    if (job->read && !error) host_copy(&memory, &stage, extent);
    return error;
}

static cl_int row_part(const struct tiles_job *job, const struct place *place, const size_t offset[3],
                       const size_t part[3])
{
    size_t row = part[0] * job->tiles.texel;
    return part_copy(job, offset, part, rect_at(job, place->engine, offset), row, row);
}

static cl_int runtime_copies(struct tiles_job *job, const struct place *place, bool reached, size_t bytes)
{
    const size_t *region = job->region, rows[] = {region[0], 1, 1};
    struct device_rect *rect = &job->rect;
    struct place staging;
    size_t part[3];
    if (reached && pitches_are_texels(job))
        return part_copy(job, (size_t[3]){0}, region, place->engine, rect->row_pitch, rect->slice_pitch);
    if (reached && !place_host_reaches(place, bytes, bytes)) return parts_copy(job, place, rows, row_part);
    cl_int error = staging_open(job->queue, &staging);
    if (error) return error;
    rect->base = place->host;
    part_size(job, STAGING_SIZE, part);
    return parts_copy(job, &staging, part, staged_part);
}

// ---- Commands -----------------------------------------------------------------------------------------

static cl_int job_enqueue(struct device_queue *queue, const struct device_command *command,
                          const struct tiles_job *filled, cl_int (*run)(void *))
{
    struct tiles_job *job = malloc(sizeof *job);
    if (!job) return CL_OUT_OF_HOST_MEMORY;
    *job = *filled;
    return queue_job(queue, command, &(struct queue_function){run, free, job, is_short(job)});
}

static cl_int copy_run(void *argument)
{
    struct tiles_job *job = argument;
    const size_t *region = job->region;
    const struct device_rect *rect = &job->rect;
    size_t bytes = (region[2] - 1) * rect->slice_pitch + (region[1] - 1) * rect->row_pitch +
                   region[0] * job->tiles.texel;
    const struct device *device = job->queue->device;
    struct place place = place_find(device, rect->base, bytes);
    if (host_has_tiles(job)) return host_shares(job, place.host, rect->row_pitch, rect->slice_pitch);
    bool locked = !device->info.process_memory && place_lock(&place, device->agent, bytes);
    cl_int error = runtime_copies(job, &place, place.pinned || device->info.process_memory, bytes);
    if (locked) place_unlock(&place);
    return error;
}

cl_int tiles_copy(struct device_queue *queue, const struct device_command *command,
                  const struct device_image_place *place, const struct device_rect *rect,
                  const size_t region[3], bool read)
{
    struct tiles_job job = {.queue = queue, .tiles = tiles_of(queue, place), .rect = *rect, .read = read};
    memcpy(job.region, region, sizeof job.region);
    return job_enqueue(queue, command, &job, copy_run);
}

static cl_int between_run(void *argument)
{
    const struct tiles_job *job = argument;
    hsa_dim3_t to = hsa_dimensions(job->tiles.origin), from = hsa_dimensions(job->other.origin),
               region = hsa_dimensions(job->region);
    if (host_has_tiles(job)) return host_shares(job, NULL, 0, 0);
    sanitizer_release(SANITIZER_COPIES);
    return runtime_ended(hsa_images.hsa_ext_image_copy(job->queue->device->agent, job->other.view->raw, &from,
                                                       job->tiles.view->raw, &to, &region));
}

cl_int tiles_to_tiles(struct device_queue *queue, const struct device_command *command,
                      const struct device_image_place *to, const struct device_image_place *from,
                      const size_t region[3])
{
    struct tiles_job job = {.queue = queue, .tiles = tiles_of(queue, to), .other = tiles_of(queue, from)};
    memcpy(job.region, region, sizeof job.region);
    return job_enqueue(queue, command, &job, between_run);
}

// HSA's runtime has no mipmaps: each slice of a level as an image of its own.
static cl_int level_slice_fill(const struct tiles_job *job, const uint32_t color[4], size_t slice)
{
    const struct device_image *image = job->place.image;
    struct image_level level = image_level_find(image, job->place.level);
    bool rows = image->dimensions > 1; // else slices are single rows
    hsa_agent_t agent = job->queue->device->agent;
    hsa_ext_image_descriptor_t descriptor = {
        .geometry = HSA_EXT_IMAGE_GEOMETRY_2D,
        .width = level.size[0],
        .height = rows ? level.size[1] : 1,
        .format = image_format_raw(image->texel),
    };
    hsa_ext_image_region_t region = {
        {(uint32_t)job->tiles.origin[0], rows ? (uint32_t)job->tiles.origin[1] : 0, 0},
        {(uint32_t)job->region[0], rows ? (uint32_t)job->region[1] : 1, 1}};
    hsa_ext_image_t only;
    hsa_status_t status = hsa_images.hsa_ext_image_create_with_layout(
        agent, &descriptor, image->address + level.offset + slice * image->layout.slice_pitch,
        HSA_ACCESS_PERMISSION_RW, HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, level.row_pitch, 0, &only);
    if (status != HSA_STATUS_SUCCESS) return CL_OUT_OF_RESOURCES;
    status = hsa_images.hsa_ext_image_clear(agent, only, color, &region);
    hsa_images.hsa_ext_image_destroy(agent, only);
    return runtime_ended(status);
}

static cl_int level_fill(const struct tiles_job *job, const uint32_t color[4])
{
    unsigned axis = job->place.image->dimensions > 1 ? 2 : 1;
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < job->region[axis]; i++)
        error = level_slice_fill(job, color, job->tiles.origin[axis] + i);
    return error;
}

static cl_int fill_run(void *argument)
{
    const struct tiles_job *job = argument;
    uint32_t color[4] = {0}; // as many unsigned integers as the raw texel has channels
    memcpy(color, job->texel, job->tiles.texel);
    sanitizer_release(SANITIZER_COPIES);
    if (job->place.image->levels > 1) return level_fill(job, color);
    if (host_has_tiles(job)) return host_fills(job);
    hsa_ext_image_region_t region = {hsa_dimensions(job->tiles.origin), hsa_dimensions(job->region)};
    return runtime_ended(
        hsa_images.hsa_ext_image_clear(job->queue->device->agent, job->tiles.view->raw, color, &region));
}

cl_int tiles_fill(struct device_queue *queue, const struct device_command *command,
                  const struct device_image_place *place, const uint8_t texel[16], const size_t region[3])
{
    struct tiles_job job = {.queue = queue, .tiles = tiles_of(queue, place), .place = *place};
    memcpy(job.region, region, sizeof job.region);
    memcpy(job.texel, texel, sizeof job.texel);
    return job_enqueue(queue, command, &job, fill_run);
}
