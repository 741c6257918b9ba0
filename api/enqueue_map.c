// Mapping and unmapping. Where the host reaches a buffer's storage, a mapping is its address and moves
// nothing; elsewhere the host works on a staging copy, which is read when mapped and written back when
// unmapped.
#include "api/machinery/image_map.h"
#include "api/machinery/info.h"
#include "api/machinery/mapping.h"
#include "api/machinery/memory_flags.h"
#include "api/machinery/transfer.h"

static struct memory_map *map_create(struct kiln_memory *memory, cl_map_flags flags, size_t offset,
                                     size_t size, cl_int *error)
{
    const struct image_box bytes = {{memory->origin + offset, 0, 0}, {size, 1, 1}, 0};
    struct memory_map *map = memory_map_create(memory, flags, &bytes);
    *error = map ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    if (!map) return NULL;
    uint8_t *host = memory_host(memory);
    if (host) {
        map->pointer = host + offset;
        return map;
    }
    map->staging_size = size;
    map->pool = &memory->context->storage;
    *error = storage_create(memory->context, size, DEVICE_MEMORY_HOST, NULL, &map->staging);
    if (!*error) {
        map->pointer = device_memory_host(map->staging);
        return map;
    }
    memory_map_release(map);
    return NULL;
}

static cl_int map_check(const struct command_request *request, cl_mem handle, cl_map_flags flags,
                        size_t offset, size_t size)
{
    cl_int error = memory_check_buffer(handle, request->queue->context);
    if (error) return error;
    const struct kiln_memory *memory = memory_from(handle);
    if (!size || !memory_contains(memory, offset, size) || !map_flags_valid(flags)) return CL_INVALID_VALUE;
    return memory_check_host_access(memory, flags);
}

static cl_int map_enqueue(const struct command_request *request, struct kiln_memory *memory,
                          const struct memory_map *map)
{
    struct transfer transfer = {.memories = {memory}, .extent = {0, 1, 1}};
    if (map->staging && !(map->flags & CL_MAP_WRITE_INVALIDATE_REGION)) {
        transfer.to.base = map->pointer;
        transfer.from.base = memory_address(memory_root(memory)) + map->box.origin[0];
        transfer.extent[0] = map->box.region[0];
    }
    return transfer_enqueue(request, &transfer);
}

typedef cl_int map_enqueue_fn(const struct command_request *, struct kiln_memory *,
                              const struct memory_map *);

// Puts the mapping on record and enqueues its command; returns what the application gets.
static void *map_start(const struct command_request *request, struct kiln_memory *memory,
                       struct memory_map *map, map_enqueue_fn *enqueue, cl_int *error_out)
{
    void *pointer = map->pointer;
    cl_int error = mapping_add(memory, map);
    if (error) {
        memory_map_release(map);
        return error_return(error_out, error);
    }
    error = enqueue(request, memory, map);
    if (error) {
        map = mapping_take(memory, pointer);
        if (map) mapping_end(memory, map, true);
        return error_return(error_out, error);
    }
    error_return(error_out, CL_SUCCESS);
    return pointer;
}

CL_API_ENTRY void *CL_API_CALL clEnqueueMapBuffer(cl_command_queue queue, cl_mem handle, cl_bool blocking,
                                                  cl_map_flags flags, size_t offset, size_t size,
                                                  cl_uint wait_count, const cl_event *wait, cl_event *event,
                                                  cl_int *error_out)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_MAP_BUFFER, wait_count, wait, event);
    if (!error) error = map_check(&request, handle, flags, offset, size);
    if (error) return error_return(error_out, error);
    request.blocking = blocking;
    struct kiln_memory *memory = memory_from(handle);
    struct memory_map *map = map_create(memory, flags, offset, size, &error);
    return map ? map_start(&request, memory, map, map_enqueue, error_out) : error_return(error_out, error);
}

// ---- Images -------------------------------------------------------------------------------------------

static cl_int image_map_check(const struct command_request *request, cl_mem handle, cl_map_flags flags,
                              const size_t *origin, const size_t *region, struct image_box *box)
{
    if (!device_has_images(request->queue->device->device)) return CL_INVALID_OPERATION;
    cl_int error = memory_check_image(handle, request->queue->context);
    if (error) return error;
    const struct kiln_memory *memory = memory_from(handle);
    error = image_box_make(&memory->image->shape, origin, region, box);
    if (!error && !map_flags_valid(flags)) error = CL_INVALID_VALUE;
    return error ? error : memory_check_host_access(memory, flags);
}

CL_API_ENTRY void *CL_API_CALL clEnqueueMapImage(cl_command_queue queue, cl_mem handle, cl_bool blocking,
                                                 cl_map_flags flags, const size_t *origin,
                                                 const size_t *region, size_t *row_pitch, size_t *slice_pitch,
                                                 cl_uint wait_count, const cl_event *wait, cl_event *event,
                                                 cl_int *error_out)
{
    struct command_request request;
    struct image_box box;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_MAP_IMAGE, wait_count, wait, event);
    if (!error) error = image_map_check(&request, handle, flags, origin, region, &box);
    if (error) return error_return(error_out, error);
    struct kiln_memory *memory = memory_from(handle);
    if (!row_pitch || (memory->image->shape.slice_pitch && !slice_pitch))
        return error_return(error_out, CL_INVALID_VALUE);
    request.blocking = blocking;
    struct memory_map *map = image_map_create(memory, flags, &box, &error);
    if (!map) return error_return(error_out, error);
    *row_pitch = map->pitches.row;
    if (slice_pitch) *slice_pitch = memory->image->shape.slice_pitch ? map->pitches.slice : 0;
    return map_start(&request, memory, map, image_map_enqueue, error_out);
}

// ---- Unmapping ----------------------------------------------------------------------------------------

// What the host wrote goes back.
static void unmap_describe(struct transfer *transfer, struct kiln_memory *memory, struct memory_map *map)
{
    memory_retain(transfer->memories[0] = memory);
    memory_map_retain(transfer->map = map);
    if (map->staging && (map->flags & MAP_WRITES)) {
        transfer->to.base = memory_address(memory_root(memory)) + map->box.origin[0];
        transfer->from.base = map->pointer;
        transfer->extent[0] = map->box.region[0];
    } else if (map->flags & MAP_WRITES) {
        device_memory_host_wrote(memory->storage);
    }
}

// Without memory for the command, or for giving it to the device, it stays mapped.
static cl_int unmap_enqueue(const struct command_request *request, struct kiln_memory *memory, void *pointer)
{
    struct command *command;
    struct transfer *transfer;
    cl_int error = transfer_create(request, &command, &transfer);
    if (error) return error;
    struct memory_map *map = mapping_take(memory, pointer);
    if (!map) {
        command_free(command);
        return CL_INVALID_VALUE;
    }
    unmap_describe(transfer, memory, map);
    error = command_enqueue(request, command);
    mapping_end(memory, map, !error);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueUnmapMemObject(cl_command_queue queue, cl_mem handle, void *pointer,
                                                        cl_uint wait_count, const cl_event *wait,
                                                        cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_UNMAP_MEM_OBJECT, wait_count, wait, event);
    if (!error) error = memory_check(handle, request.queue->context);
    if (error) return error;
    struct kiln_memory *memory = memory_from(handle);
    return memory->image ? image_unmap_enqueue(&request, memory, pointer)
                         : unmap_enqueue(&request, memory, pointer);
}
