// Copies and fills, carried out by the queue's worker or the thread that waits for them: the device's copy
// engines do what is large, the host what is small. Where the device's memory is as near to the host as its
// own, the host does all.
//
// The engines are shared by all queues and work in order, so a copy is given to them only when nothing it
// waits for is pending: one that waited there, say for a user event, would hold up everybody's.
#include "place.h"

#include "base/sanitizer.h"
#include "host_copy.h"

#include <stdlib.h>
#include <string.h>

#define HOST_WRITE_LIMIT (16u << 10) // rows up to this size the host writes to the device's memory itself…
#define HOST_READ_LIMIT  (1u << 10)  // … and reads: that is slow, since it is not cached
#define BATCH_CHUNKS     64u         // that the engines are given at once
#define DIRECT_LIMIT     (64u << 10) // bytes that the calling thread may copy when the queue is idle

struct copy {
    struct device_queue *queue;
    struct device_rect to, from;
    size_t extent[3]; // bytes, rows, slices
    struct place to_place, from_place;
    bool placed, by_host; // the places are known; the host does it
    size_t pattern_size;  // fills
    uint8_t pattern[HOST_PATTERN_MOST];
};

// ---- Chunks -------------------------------------------------------------------------------------------

// The box is copied in chunks: its rows, or parts of them where staging memory is smaller than a row.
struct chunk {
    struct place to, from;
    size_t size;
};

static struct chunk chunk_at(const struct copy *copy, size_t index, size_t part)
{
    size_t parts = (copy->extent[0] + part - 1) / part, offset = index % parts * part;
    size_t y = index / parts % copy->extent[1], z = index / parts / copy->extent[1];
    size_t left = copy->extent[0] - offset;
    return (struct chunk){
        .to = place_at(&copy->to_place, z * copy->to.slice_pitch + y * copy->to.row_pitch + offset),
        .from = place_at(&copy->from_place, z * copy->from.slice_pitch + y * copy->from.row_pitch + offset),
        .size = left < part ? left : part,
    };
}

// Gives the chunks to the copy engines and sleeps until they are done.
static cl_int engine_copy(const struct chunk *chunks, unsigned count)
{
    struct device_signal *signal;
    cl_int error = device_signal_create(&signal);
    if (error != CL_SUCCESS) return error;
    signal_device_ends(signal);
    hsa.signal_store(signal->hsa, count); // each chunk takes one off
    sanitizer_release(SANITIZER_COPIES);
    for (unsigned i = 0; i < count; i++) {
        const struct place *to = &chunks[i].to, *from = &chunks[i].from;
        if (hsa.async_copy(to->engine, to->agent, from->engine, from->agent, chunks[i].size, 0, NULL,
                           signal->hsa) == HSA_STATUS_SUCCESS)
            continue;
        hsa.signal_subtract(signal->hsa, count - i);
        error = CL_OUT_OF_RESOURCES;
        break;
    }
    device_signal_wait(signal);
    device_signal_release(signal);
    return error;
}

// Between device memory and pageable memory, through memory that both reach.
static cl_int staged_copy(struct copy *copy, struct chunk *chunks, unsigned count, size_t part)
{
    struct place staging;
    cl_int error = staging_open(copy->queue, &staging);
    if (error) return error;
    struct chunk stages[BATCH_CHUNKS];
    bool out = copy->from_place.device;
    for (unsigned i = 0; i < count; i++) {
        struct place stage = place_at(&staging, i * part);
        stages[i] = chunks[i];
        *(out ? &stages[i].to : &stages[i].from) = stage;
        if (!out) memcpy(stage.host, chunks[i].from.host, chunks[i].size);
    }
    error = engine_copy(stages, count);
    for (unsigned i = 0; out && !error && i < count; i++)
        memcpy(chunks[i].to.host, stages[i].to.host, chunks[i].size);
    return error;
}

static cl_int chunks_copy(struct copy *copy, bool staged)
{
    size_t part = staged && copy->extent[0] > STAGING_SIZE ? STAGING_SIZE : copy->extent[0];
    size_t total = (copy->extent[0] + part - 1) / part * copy->extent[1] * copy->extent[2];
    size_t batch = staged && STAGING_SIZE / part < BATCH_CHUNKS ? STAGING_SIZE / part : BATCH_CHUNKS;
    struct chunk chunks[BATCH_CHUNKS];
    cl_int error = CL_SUCCESS;
    for (size_t first = 0; !error && first < total; first += batch) {
        unsigned count = 0;
        while (count < batch && first + count < total) {
            chunks[count] = chunk_at(copy, first + count, part);
            count++;
        }
        error = staged ? staged_copy(copy, chunks, count, part) : engine_copy(chunks, count);
    }
    return error;
}

static cl_int copy_on_host(const struct copy *copy)
{
    struct device_rect to = copy->to, from = copy->from;
    to.base = copy->to_place.host;
    from.base = copy->from_place.host;
    host_copy(&to, &from, copy->extent);
    if (copy->to_place.device) device_host_wrote(copy->to_place.device);
    return CL_SUCCESS;
}

// ---- Boxes --------------------------------------------------------------------------------------------

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

// Finds both sides, and whether the host does the copy itself.
static bool copy_by_host(struct copy *copy)
{
    if (copy->placed) return copy->by_host;
    copy->placed = true;
    copy->to_place = place_find(copy->queue->device, copy->to.base, box_size(&copy->to, copy->extent));
    copy->from_place = place_find(copy->queue->device, copy->from.base, box_size(&copy->from, copy->extent));
    copy->by_host = place_host_reaches(&copy->to_place, copy->extent[0], HOST_WRITE_LIMIT) &&
                    place_host_reaches(&copy->from_place, copy->extent[0], HOST_READ_LIMIT);
    return copy->by_host;
}

static bool copy_is_small(const size_t extent[3])
{
    size_t slice, box;
    return !__builtin_mul_overflow(extent[0], extent[1], &slice) &&
           !__builtin_mul_overflow(slice, extent[2], &box) && box <= DIRECT_LIMIT;
}

static cl_int copy_by_engine(struct copy *copy)
{
    struct place *to = &copy->to_place, *from = &copy->from_place;
    bool to_locked = place_lock(to, from->agent, box_size(&copy->to, copy->extent));
    bool from_locked = place_lock(from, to->agent, box_size(&copy->from, copy->extent));
    cl_int error = chunks_copy(copy, !to->pinned || !from->pinned);
    if (to_locked) place_unlock(to);
    if (from_locked) place_unlock(from);
    return error;
}

static cl_int copy_run(void *argument)
{
    struct copy *copy = argument;
    return copy_by_host(copy) ? copy_on_host(copy) : copy_by_engine(copy);
}

// ---- Fills --------------------------------------------------------------------------------------------

static cl_int fill_staged(struct copy *copy, size_t size)
{
    cl_int error = staging_open(copy->queue, &copy->from_place);
    if (error) return error;
    size_t whole = STAGING_SIZE - STAGING_SIZE % copy->pattern_size;
    host_fill(copy->from_place.host, whole < size ? whole : size, copy->pattern, copy->pattern_size);
    for (size_t done = 0; !error && done < size; done += whole) {
        struct chunk chunk = {place_at(&copy->to_place, done), copy->from_place,
                              size - done < whole ? size - done : whole};
        error = engine_copy(&chunk, 1);
    }
    return error;
}

static cl_int fill_run(void *argument)
{
    struct copy *copy = argument;
    size_t size = copy->extent[0];
    if (!place_host_reaches(&copy->to_place, size, SIZE_MAX)) return fill_staged(copy, size);
    host_fill(copy->to_place.host, size, copy->pattern, copy->pattern_size);
    if (copy->to_place.device) device_host_wrote(copy->to_place.device);
    return CL_SUCCESS;
}

// ---- Commands -----------------------------------------------------------------------------------------

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
    box_merge(copy);
    bool direct = copy_is_small(copy->extent) && copy_by_host(copy);
    return queue_job(queue, command, &(struct queue_function){copy_run, free, copy, direct});
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
    copy->to_place = place_find(queue->device, to, size);
    bool direct = size <= DIRECT_LIMIT && place_host_reaches(&copy->to_place, size, DIRECT_LIMIT);
    return queue_job(queue, command, &(struct queue_function){fill_run, free, copy, direct});
}
