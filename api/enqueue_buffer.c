// Reading, writing, copying and filling a buffer's bytes in a row; migrating.
#include "api/machinery/fill.h"
#include "api/machinery/recording.h"
#include "api/machinery/transfer.h"

// What reading and writing check after the request itself.
static cl_int access_check(const struct command_request *request, cl_mem handle, cl_map_flags access,
                           size_t offset, size_t size, const void *host)
{
    cl_int error = memory_check_buffer(handle, request->queue->context);
    if (error) return error;
    if (!host || !memory_contains(memory_from(handle), offset, size)) return CL_INVALID_VALUE;
    return memory_check_host_access(memory_from(handle), access);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadBuffer(cl_command_queue queue, cl_mem handle, cl_bool blocking,
                                                    size_t offset, size_t size, void *to, cl_uint wait_count,
                                                    const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_READ_BUFFER, wait_count, wait, event);
    if (!error) error = access_check(&request, handle, CL_MAP_READ, offset, size, to);
    if (error) return error;
    request.blocking = blocking;
    struct kiln_memory *buffer = memory_from(handle);
    struct transfer transfer = {
        .memories = {buffer},
        .to = {.base = to},
        .from = {.base = memory_address(buffer) + offset},
        .extent = {size, 1, 1},
    };
    return transfer_enqueue(&request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteBuffer(cl_command_queue queue, cl_mem handle, cl_bool blocking,
                                                     size_t offset, size_t size, const void *from,
                                                     cl_uint wait_count, const cl_event *wait,
                                                     cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_WRITE_BUFFER, wait_count, wait, event);
    if (!error) error = access_check(&request, handle, CL_MAP_WRITE, offset, size, from);
    if (error) return error;
    request.blocking = blocking;
    struct kiln_memory *buffer = memory_from(handle);
    struct transfer transfer = {
        .memories = {buffer},
        .to = {.base = memory_address(buffer) + offset},
        .from = {.base = (uint8_t *)(uintptr_t)from},
        .extent = {size, 1, 1},
    };
    return transfer_enqueue(&request, &transfer);
}

// ---- Copying ------------------------------------------------------------------------------------------

static bool regions_overlap(const uint8_t *a, const uint8_t *b, size_t size)
{
    return a < b + size && b < a + size;
}

static cl_int copy_check(const struct command_request *request, cl_mem from, cl_mem to, size_t from_offset,
                         size_t to_offset, size_t size)
{
    cl_int error = memory_check_buffer(from, request->queue->context);
    if (!error) error = memory_check_buffer(to, request->queue->context);
    if (error) return error;
    struct kiln_memory *source = memory_from(from), *target = memory_from(to);
    if (!memory_contains(source, from_offset, size) || !memory_contains(target, to_offset, size))
        return CL_INVALID_VALUE;
    if (source->storage == target->storage &&
        regions_overlap(memory_address(source) + from_offset, memory_address(target) + to_offset, size))
        return CL_MEM_COPY_OVERLAP;
    return CL_SUCCESS;
}

static cl_int copy_enqueue(const struct command_request *request, cl_mem from, cl_mem to, size_t from_offset,
                           size_t to_offset, size_t size)
{
    cl_int error = copy_check(request, from, to, from_offset, to_offset, size);
    if (error) return error;
    struct kiln_memory *source = memory_from(from), *target = memory_from(to);
    struct transfer transfer = {
        .memories = {source, target},
        .to = {.base = memory_address(target) + to_offset},
        .from = {.base = memory_address(source) + from_offset},
        .extent = {size, 1, 1},
    };
    return transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyBuffer(cl_command_queue queue, cl_mem from, cl_mem to,
                                                    size_t from_offset, size_t to_offset, size_t size,
                                                    cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_COPY_BUFFER, wait_count, wait, event);
    return error ? error : copy_enqueue(&request, from, to, from_offset, to_offset, size);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem from,
    cl_mem to, size_t from_offset, size_t to_offset, size_t size, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_COPY_BUFFER);
    if (!error) error = copy_enqueue(&recording.request, from, to, from_offset, to_offset, size);
    return recording_end(&recording, error);
}

// ---- Filling ------------------------------------------------------------------------------------------

static cl_int buffer_fill_enqueue(const struct command_request *request, cl_mem handle, const void *pattern,
                                  size_t pattern_size, size_t offset, size_t size)
{
    cl_int error = memory_check_buffer(handle, request->queue->context);
    if (error) return error;
    struct kiln_memory *memory = memory_from(handle);
    if (!fill_is_valid(pattern, pattern_size, offset, size) || !memory_contains(memory, offset, size))
        return CL_INVALID_VALUE;
    return fill_enqueue(request, memory, memory_address(memory) + offset, pattern, pattern_size, size);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueFillBuffer(cl_command_queue queue, cl_mem memory,
                                                    const void *pattern, size_t pattern_size, size_t offset,
                                                    size_t size, cl_uint wait_count, const cl_event *wait,
                                                    cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_FILL_BUFFER, wait_count, wait, event);
    return error ? error : buffer_fill_enqueue(&request, memory, pattern, pattern_size, offset, size);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandFillBufferKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem memory,
    const void *pattern, size_t pattern_size, size_t offset, size_t size, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_FILL_BUFFER);
    if (!error) error = buffer_fill_enqueue(&recording.request, memory, pattern, pattern_size, offset, size);
    return recording_end(&recording, error);
}

// ---- Migrating ----------------------------------------------------------------------------------------

// All devices of a context share a buffer's storage: a migration only keeps its place in the queue, and its
// buffers.
struct migration {
    cl_uint count;
    struct kiln_memory *memories[];
};

static cl_int migration_submit(void *payload, struct device_queue *queue,
                               const struct device_command *command)
{
    (void)payload;
    return device_queue_barrier(queue, command);
}

static void migration_release(void *payload)
{
    struct migration *migration = payload;
    for (cl_uint i = 0; i < migration->count; i++) memory_release(migration->memories[i]);
}

static cl_int migration_check(const struct command_request *request, cl_uint count, const cl_mem *handles,
                              cl_mem_migration_flags flags)
{
    const cl_mem_migration_flags known = CL_MIGRATE_MEM_OBJECT_HOST | CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;
    if (!count || !handles || (flags & ~known)) return CL_INVALID_VALUE;
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; !error && i < count; i++) error = memory_check(handles[i], request->queue->context);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMigrateMemObjects(cl_command_queue queue, cl_uint count,
                                                           const cl_mem *handles,
                                                           cl_mem_migration_flags flags, cl_uint wait_count,
                                                           const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_MIGRATE_MEM_OBJECTS, wait_count, wait, event);
    if (!error) error = migration_check(&request, count, handles, flags);
    if (error) return error;
    static const struct command_kind kind = {.submit = migration_submit, .release = migration_release};
    struct command *command;
    void *payload;
    error = command_create(&request, &kind, sizeof(struct migration) + count * sizeof(struct kiln_memory *),
                           &command, &payload);
    if (error) return error;
    struct migration *migration = payload;
    migration->count = count;
    for (cl_uint i = 0; i < count; i++) {
        migration->memories[i] = memory_from(handles[i]);
        memory_retain(migration->memories[i]);
    }
    return command_enqueue(&request, command);
}
