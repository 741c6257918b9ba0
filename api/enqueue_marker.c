// Commands that only keep their place in the queue's order: markers and barriers.
#include "api/machinery/recording.h"

static cl_int enqueue_barrier(cl_command_queue queue, cl_command_type type, cl_uint wait_count,
                              const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, type, wait_count, wait, event);
    return error ? error : command_enqueue_nothing(&request);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMarkerWithWaitList(cl_command_queue queue, cl_uint wait_count,
                                                            const cl_event *wait, cl_event *event)
{
    return enqueue_barrier(queue, CL_COMMAND_MARKER, wait_count, wait, event);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueBarrierWithWaitList(cl_command_queue queue, cl_uint wait_count,
                                                             const cl_event *wait, cl_event *event)
{
    return enqueue_barrier(queue, CL_COMMAND_BARRIER, wait_count, wait, event);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMarker(cl_command_queue queue, cl_event *event)
{
    if (queue_is(queue) && !event) return CL_INVALID_VALUE;
    return enqueue_barrier(queue, CL_COMMAND_MARKER, 0, NULL, event);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueBarrier(cl_command_queue queue)
{
    return enqueue_barrier(queue, CL_COMMAND_BARRIER, 0, NULL, NULL);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWaitForEvents(cl_command_queue queue, cl_uint count,
                                                       const cl_event *events)
{
    if (queue_is(queue) && (!count || !events)) return CL_INVALID_VALUE;
    cl_int error = enqueue_barrier(queue, CL_COMMAND_BARRIER, count, events, NULL);
    return error == CL_INVALID_EVENT_WAIT_LIST ? CL_INVALID_EVENT : error;
}

// In a command buffer, where each command waits for all before it.
CL_API_ENTRY cl_int CL_API_CALL clCommandBarrierWithWaitListKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties,
    cl_uint wait_count, const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point,
    cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_MARKER);
    if (!error) error = command_enqueue_nothing(&recording.request);
    return recording_end(&recording, error);
}
