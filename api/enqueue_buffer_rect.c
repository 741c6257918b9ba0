// Reading, writing and copying boxes of a buffer.
#include "api/machinery/recording.h"
#include "api/machinery/rect.h"
#include "api/machinery/transfer.h"

// A box of a buffer: CL_INVALID_VALUE where it does not lie within.
static cl_int buffer_rect(const struct kiln_memory *memory, const size_t *origin, const size_t *region,
                          size_t row_pitch, size_t slice_pitch, struct rect *rect)
{
    cl_int error = rect_make(origin, region, row_pitch, slice_pitch, rect);
    if (!error && rect->end > memory->size) error = CL_INVALID_VALUE;
    return error;
}

static struct device_rect device_rect_at(uint8_t *base, const struct rect *rect)
{
    return (struct device_rect){base + rect->begin, rect->row_pitch, rect->slice_pitch};
}

// A read or write: the two sides, of which one is the buffer's.
struct host_box {
    const size_t *buffer_origin, *host_origin, *region;
    size_t buffer_row_pitch, buffer_slice_pitch, host_row_pitch, host_slice_pitch;
    uint8_t *host;
    cl_map_flags access; // what the host does: CL_MAP_READ or CL_MAP_WRITE
};

static cl_int host_box_enqueue(const struct command_request *request, cl_mem handle,
                               const struct host_box *box)
{
    cl_int error = memory_check_buffer(handle, request->queue->context);
    if (error) return error;
    if (!box->buffer_origin || !box->host_origin || !box->region || !box->host) return CL_INVALID_VALUE;
    struct kiln_memory *memory = memory_from(handle);
    struct rect buffer_side, host_side;
    error = buffer_rect(memory, box->buffer_origin, box->region, box->buffer_row_pitch,
                        box->buffer_slice_pitch, &buffer_side);
    if (!error)
        error =
            rect_make(box->host_origin, box->region, box->host_row_pitch, box->host_slice_pitch, &host_side);
    if (!error) error = memory_check_host_access(memory, box->access);
    if (error) return error;
    const struct device_rect on_buffer = device_rect_at(memory_address(memory), &buffer_side),
                             on_host = device_rect_at(box->host, &host_side);
    bool reads = box->access == CL_MAP_READ;
    struct transfer transfer = {
        .memories = {memory},
        .to = reads ? on_host : on_buffer,
        .from = reads ? on_buffer : on_host,
        .extent = {box->region[0], box->region[1], box->region[2]},
    };
    return transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadBufferRect(cl_command_queue queue, cl_mem buffer,
                                                        cl_bool blocking, const size_t *buffer_origin,
                                                        const size_t *host_origin, const size_t *region,
                                                        size_t buffer_row_pitch, size_t buffer_slice_pitch,
                                                        size_t host_row_pitch, size_t host_slice_pitch,
                                                        void *to, cl_uint wait_count, const cl_event *wait,
                                                        cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_READ_BUFFER_RECT, wait_count, wait, event);
    if (error) return error;
    request.blocking = blocking;
    const struct host_box box = {buffer_origin,      host_origin,    region,           buffer_row_pitch,
                                 buffer_slice_pitch, host_row_pitch, host_slice_pitch, to,
                                 CL_MAP_READ};
    return host_box_enqueue(&request, buffer, &box);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteBufferRect(cl_command_queue queue, cl_mem buffer,
                                                         cl_bool blocking, const size_t *buffer_origin,
                                                         const size_t *host_origin, const size_t *region,
                                                         size_t buffer_row_pitch, size_t buffer_slice_pitch,
                                                         size_t host_row_pitch, size_t host_slice_pitch,
                                                         const void *from, cl_uint wait_count,
                                                         const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_WRITE_BUFFER_RECT, wait_count, wait, event);
    if (error) return error;
    request.blocking = blocking;
    const struct host_box box = {
        buffer_origin,      host_origin,    region,           buffer_row_pitch,
        buffer_slice_pitch, host_row_pitch, host_slice_pitch, (uint8_t *)(uintptr_t)from,
        CL_MAP_WRITE};
    return host_box_enqueue(&request, buffer, &box);
}

// ---- Copying ------------------------------------------------------------------------------------------

static struct rect rect_shift(struct rect rect, size_t bytes)
{
    rect.begin += bytes;
    rect.end += bytes;
    return rect;
}

// Two boxes of one storage: the same pitches where it is the same object, and no byte in common.
static cl_int copy_check(const struct kiln_memory *from, const struct rect *from_rect,
                         const struct kiln_memory *to, const struct rect *to_rect, const size_t *region)
{
    if (from->storage != to->storage) return CL_SUCCESS;
    struct rect a = rect_shift(*from_rect, from->origin), b = rect_shift(*to_rect, to->origin);
    if (a.row_pitch != b.row_pitch || a.slice_pitch != b.slice_pitch) {
        if (from == to) return CL_INVALID_VALUE;
        return a.begin < b.end && b.begin < a.end ? CL_MEM_COPY_OVERLAP : CL_SUCCESS;
    }
    return rect_overlaps(&a, &b, region) ? CL_MEM_COPY_OVERLAP : CL_SUCCESS;
}

struct buffers_box {
    cl_mem from, to;
    const size_t *from_origin, *to_origin, *region;
    size_t from_row_pitch, from_slice_pitch, to_row_pitch, to_slice_pitch;
};

static cl_int copy_enqueue(const struct command_request *request, const struct buffers_box *copy)
{
    cl_int error = memory_check_buffer(copy->from, request->queue->context);
    if (!error) error = memory_check_buffer(copy->to, request->queue->context);
    if (error) return error;
    if (!copy->from_origin || !copy->to_origin || !copy->region) return CL_INVALID_VALUE;
    struct kiln_memory *source = memory_from(copy->from), *target = memory_from(copy->to);
    const size_t *region = copy->region;
    struct rect from_rect, to_rect;
    error = buffer_rect(source, copy->from_origin, region, copy->from_row_pitch, copy->from_slice_pitch,
                        &from_rect);
    if (!error)
        error =
            buffer_rect(target, copy->to_origin, region, copy->to_row_pitch, copy->to_slice_pitch, &to_rect);
    if (!error) error = copy_check(source, &from_rect, target, &to_rect, region);
    if (error) return error;
    struct transfer transfer = {
        .memories = {source, target},
        .to = device_rect_at(memory_address(target), &to_rect),
        .from = device_rect_at(memory_address(source), &from_rect),
        .extent = {region[0], region[1], region[2]},
    };
    return transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyBufferRect(cl_command_queue queue, cl_mem from, cl_mem to,
                                                        const size_t *from_origin, const size_t *to_origin,
                                                        const size_t *region, size_t from_row_pitch,
                                                        size_t from_slice_pitch, size_t to_row_pitch,
                                                        size_t to_slice_pitch, cl_uint wait_count,
                                                        const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_COPY_BUFFER_RECT, wait_count, wait, event);
    const struct buffers_box box = {
        from,          to, from_origin, to_origin, region, from_row_pitch, from_slice_pitch, to_row_pitch,
        to_slice_pitch};
    return error ? error : copy_enqueue(&request, &box);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferRectKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem from,
    cl_mem to, const size_t *from_origin, const size_t *to_origin, const size_t *region,
    size_t from_row_pitch, size_t from_slice_pitch, size_t to_row_pitch, size_t to_slice_pitch,
    cl_uint wait_count, const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point,
    cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    const struct buffers_box box = {
        from,          to, from_origin, to_origin, region, from_row_pitch, from_slice_pitch, to_row_pitch,
        to_slice_pitch};
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_COPY_BUFFER_RECT);
    if (!error) error = copy_enqueue(&recording.request, &box);
    return recording_end(&recording, error);
}
