// Copies and fills, carried out by the queue's worker: the device's copy engines do what is large, the host
// what is small.
//
// The engines are shared by all queues and work in order, so a copy is given to them only when nothing it
// waits for is pending: one that waited there, say for a user event, would hold up everybody's.
#include "queue.h"

#include <stdlib.h>
#include <string.h>

#define STAGING_SIZE (1u << 20) // bytes of host memory that a copy from or to pageable memory goes through
#define HOST_WRITE_LIMIT (16u << 10) // up to this size the host writes to the device's memory itself…
#define HOST_READ_LIMIT  (1u << 10)  // … and reads: that is slow, since it is not cached

// Where the bytes of one side of a copy are.
struct place {
    const struct device *device; // whose own memory it is; NULL: the host's
    hsa_agent_t agent;           // the owner's
    bool pinned;                 // the copy engines reach it
    uint8_t *host;               // its first byte, for the host
    uint8_t *engine;             // … and for the engines
};

struct copy {
    struct device_queue *queue;
    struct device_rect to, from;
    size_t extent[3]; // bytes, rows, slices
    struct place to_place, from_place;
    uint8_t *staging;    // pinned host memory, allocated when first needed
    size_t pattern_size; // fills
    uint8_t pattern[128];
};

// ---- Places
// ----------------------------------------------------------------------------------------------------------

static struct place place_find(const struct device_queue *queue, const void *address, size_t size)
{
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint8_t *byte = (uint8_t *)(uintptr_t)address;
    struct place place = {.agent = queue->device->host, .host = byte, .engine = byte};
    if (hsa.pointer_info(byte, &info, NULL, NULL, NULL) != HSA_STATUS_SUCCESS ||
        info.type == HSA_EXT_POINTER_TYPE_UNKNOWN || !info.agentBaseAddress)
        return place;
    bool locked = info.type == HSA_EXT_POINTER_TYPE_LOCKED;
    size_t offset = (uintptr_t)byte - (uintptr_t)(locked ? info.hostBaseAddress : info.agentBaseAddress);
    if (offset > info.sizeInBytes || size > info.sizeInBytes - offset) return place; // pageable in part
    place.pinned = true;
    place.engine = (uint8_t *)info.agentBaseAddress + offset;
    place.device = devices_by_agent(info.agentOwner);
    if (place.device) place.agent = info.agentOwner;
    return place;
}

static bool place_host_reaches(const struct place *place, size_t size, size_t limit)
{
    return !place->device || (place->device->info.host_accessible && size <= limit);
}

static struct place place_at(const struct place *place, size_t offset)
{
    struct place moved = *place;
    moved.host += offset;
    moved.engine += offset;
    return moved;
}

// ---- Rows
// ------------------------------------------------------------------------------------------------------------

static cl_int engine_copy(const struct place *to, const struct place *from, size_t size)
{
    struct device_signal *signal;
    cl_int error = device_signal_create(&signal);
    if (error != CL_SUCCESS) return error;
    hsa_status_t status =
        hsa.async_copy(to->engine, to->agent, from->engine, from->agent, size, 0, NULL, signal->hsa);
    error = status == HSA_STATUS_SUCCESS ? device_signal_wait(signal) : CL_OUT_OF_RESOURCES;
    device_signal_release(signal);
    return error;
}

static cl_int staging_open(struct copy *copy, struct place *staging)
{
    const struct device *device = copy->queue->device;
    void *memory = copy->staging;
    if (!memory) {
        if (hsa.pool_allocate(device->shared, STAGING_SIZE, 0, &memory) != HSA_STATUS_SUCCESS)
            return CL_OUT_OF_RESOURCES;
        copy->staging = memory;
        hsa_agent_t agents[] = {device->agent,
                                (copy->from_place.device ? copy->from_place : copy->to_place).agent};
        if (hsa.allow_access(2, agents, NULL, memory) != HSA_STATUS_SUCCESS) return CL_OUT_OF_RESOURCES;
    }
    *staging = (struct place){.agent = device->host, .pinned = true, .host = memory, .engine = memory};
    return CL_SUCCESS;
}

// One side is device memory, the other pageable.
static cl_int staged_copy(struct copy *copy, const struct place *to, const struct place *from, size_t size)
{
    struct place staging;
    cl_int error = staging_open(copy, &staging);
    for (size_t done = 0, part; !error && done < size; done += part) {
        struct place to_part = place_at(to, done), from_part = place_at(from, done);
        part = size - done < STAGING_SIZE ? size - done : STAGING_SIZE;
        if (from->device) {
            error = engine_copy(&staging, &from_part, part);
            if (!error) memcpy(to_part.host, staging.host, part);
        } else {
            memcpy(staging.host, from_part.host, part);
            error = engine_copy(&to_part, &staging, part);
        }
    }
    return error;
}

static cl_int row_copy(struct copy *copy, const struct place *to, const struct place *from, size_t size)
{
    if (!place_host_reaches(to, size, HOST_WRITE_LIMIT) || !place_host_reaches(from, size, HOST_READ_LIMIT))
        return to->pinned && from->pinned ? engine_copy(to, from, size) : staged_copy(copy, to, from, size);
    memmove(to->host, from->host, size);
    if (to->device) device_host_wrote(to->device);
    return CL_SUCCESS;
}

// ---- Boxes
// -----------------------------------------------------------------------------------------------------------

static size_t box_size(const struct device_rect *rect, const size_t extent[3])
{
    return (extent[2] - 1) * rect->slice_pitch + (extent[1] - 1) * rect->row_pitch + extent[0];
}

// Rows that lie one behind the other on both sides are one row, and so are slices.
static void box_merge(struct copy *copy)
{
    size_t *extent = copy->extent;
    if (extent[1] > 1 && copy->to.row_pitch == extent[0] && copy->from.row_pitch == extent[0]) {
        extent[0] *= extent[1];
        extent[1] = 1;
    }
    if (extent[1] == 1 && extent[2] > 1 && copy->to.slice_pitch == extent[0] &&
        copy->from.slice_pitch == extent[0]) {
        extent[0] *= extent[2];
        extent[2] = 1;
    }
}

static cl_int copy_run(void *argument)
{
    struct copy *copy = argument;
    copy->to_place = place_find(copy->queue, copy->to.base, box_size(&copy->to, copy->extent));
    copy->from_place = place_find(copy->queue, copy->from.base, box_size(&copy->from, copy->extent));
    box_merge(copy);
    for (size_t z = 0; z < copy->extent[2]; z++)
        for (size_t y = 0; y < copy->extent[1]; y++) {
            struct place to = place_at(&copy->to_place, z * copy->to.slice_pitch + y * copy->to.row_pitch);
            struct place from =
                place_at(&copy->from_place, z * copy->from.slice_pitch + y * copy->from.row_pitch);
            cl_int error = row_copy(copy, &to, &from, copy->extent[0]);
            if (error) return error;
        }
    return CL_SUCCESS;
}

// ---- Fills
// -----------------------------------------------------------------------------------------------------------

static void pattern_repeat(const struct copy *copy, uint8_t *to, size_t size)
{
    size_t filled = copy->pattern_size < size ? copy->pattern_size : size;
    memcpy(to, copy->pattern, filled);
    while (filled < size) {
        size_t part = filled < size - filled ? filled : size - filled;
        if (part > 4096 * copy->pattern_size)
            part = 4096 * copy->pattern_size; // the source stays in the cache
        memcpy(to + filled, to, part);
        filled += part;
    }
}

static cl_int fill_staged(struct copy *copy, size_t size)
{
    struct place staging;
    cl_int error = staging_open(copy, &staging);
    if (error) return error;
    size_t whole = STAGING_SIZE - STAGING_SIZE % copy->pattern_size;
    pattern_repeat(copy, staging.host, whole < size ? whole : size);
    for (size_t done = 0, part; !error && done < size; done += part) {
        struct place to = place_at(&copy->to_place, done);
        part = size - done < whole ? size - done : whole;
        error = engine_copy(&to, &staging, part);
    }
    return error;
}

static cl_int fill_run(void *argument)
{
    struct copy *copy = argument;
    size_t size = copy->extent[0];
    copy->to_place = place_find(copy->queue, copy->to.base, size);
    if (!place_host_reaches(&copy->to_place, size, SIZE_MAX)) return fill_staged(copy, size);
    pattern_repeat(copy, copy->to_place.host, size);
    if (copy->to_place.device) device_host_wrote(copy->to_place.device);
    return CL_SUCCESS;
}

// ---- Commands
// --------------------------------------------------------------------------------------------------------

static void copy_dispose(void *argument)
{
    struct copy *copy = argument;
    if (copy->staging) hsa.pool_free(copy->staging);
    free(copy);
}

cl_int device_queue_copy_rect(struct device_queue *queue, const struct device_command *command,
                              const struct device_rect *to, const struct device_rect *from,
                              const size_t extent[3])
{
    if (!extent[0] || !extent[1] || !extent[2]) return CL_INVALID_VALUE;
    struct copy *copy = calloc(1, sizeof *copy);
    if (!copy) return CL_OUT_OF_HOST_MEMORY;
    copy->queue = queue;
    copy->to = *to;
    copy->from = *from;
    memcpy(copy->extent, extent, sizeof copy->extent);
    return queue_job(queue, command, copy_run, copy_dispose, copy);
}

cl_int device_queue_copy(struct device_queue *queue, const struct device_command *command, void *to,
                         const void *from, size_t size)
{
    struct device_rect to_row = {.base = to}, from_row = {.base = (uint8_t *)(uintptr_t)from};
    return device_queue_copy_rect(queue, command, &to_row, &from_row, (size_t[]){size, 1, 1});
}

cl_int device_queue_fill(struct device_queue *queue, const struct device_command *command, void *to,
                         const void *pattern, size_t pattern_size, size_t size)
{
    struct copy *copy;
    if (!pattern_size || pattern_size > sizeof copy->pattern || !size || size % pattern_size)
        return CL_INVALID_VALUE;
    if (!(copy = calloc(1, sizeof *copy))) return CL_OUT_OF_HOST_MEMORY;
    copy->queue = queue;
    copy->to.base = to;
    copy->extent[0] = size;
    copy->pattern_size = pattern_size;
    memcpy(copy->pattern, pattern, pattern_size);
    return queue_job(queue, command, fill_run, copy_dispose, copy);
}
