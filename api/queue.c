#include "api/queue.h"

#include "api/machinery/command.h"
#include "api/event.h"
#include "api/machinery/info.h"
#include "api/machinery/queue_properties.h"

#include <stdlib.h>
#include <string.h>

void queue_retain(struct kiln_queue *queue) { object_retain(&queue->object); }

void queue_release(struct kiln_queue *queue)
{
    if (!object_release(&queue->object)) return;
    for (unsigned i = 0; i < queue->track_count; i++) // waits; no command waits for a user event: it would
        device_queue_destroy(queue->tracks[i].device_queue); // hold the queue
    if (queue->barrier) device_signal_release(queue->barrier);
    queue_destroy_commands(queue);
    pthread_mutex_destroy(&queue->lock);
    context_release(queue->context);
    free(queue->property_list);
    free(queue);
}

static enum device_queue_priority device_priority(cl_queue_priority_khr hint)
{
    if (hint == CL_QUEUE_PRIORITY_MED_KHR) return DEVICE_QUEUE_NORMAL;
    return hint == CL_QUEUE_PRIORITY_HIGH_KHR ? DEVICE_QUEUE_HIGH : DEVICE_QUEUE_LOW;
}

// The throttle hint is taken and changes nothing: HSA has no such thing.
static cl_int queue_create(struct kiln_context *context, struct kiln_device *device,
                           const cl_queue_properties *list, struct kiln_queue **out)
{
    struct queue_properties properties;
    cl_int error = queue_properties_read(list, &properties);
    if (error) return error;
    struct kiln_queue *queue = calloc(1, sizeof *queue);
    cl_queue_properties *copy = properties.count ? malloc(properties.count * sizeof *list) : NULL;
    if (!queue || (properties.count && !copy)) {
        error = CL_OUT_OF_HOST_MEMORY;
        goto failed;
    }
    if (properties.count) memcpy(copy, list, properties.count * sizeof *list);
    queue->context = context;
    queue->device = device;
    queue->properties = properties.flags;
    queue->priority = device_priority(properties.priority);
    queue->property_list = copy;
    queue->property_count = properties.count;
    error = track_open(queue);
    if (error) goto failed;
    pthread_mutex_init(&queue->lock, NULL);
    context_retain(context);
    object_init(&queue->object, OBJECT_QUEUE);
    *out = queue;
    return CL_SUCCESS;
failed:
    free(copy);
    free(queue);
    return error;
}

CL_API_ENTRY cl_command_queue CL_API_CALL clCreateCommandQueueWithProperties(
    cl_context context, cl_device_id device, const cl_queue_properties *properties, cl_int *error_out)
{
    struct kiln_queue *queue;
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    if (!cl_device_is(device) || !context_has_device(context_from(context), cl_device_from(device)))
        return error_return(error_out, CL_INVALID_DEVICE);
    cl_int error = queue_create(context_from(context), cl_device_from(device), properties, &queue);
    if (error) return error_return(error_out, error);
    if (error_out) *error_out = CL_SUCCESS;
    return queue_handle(queue);
}

CL_API_ENTRY cl_command_queue CL_API_CALL clCreateCommandQueue(cl_context context, cl_device_id device,
                                                               cl_command_queue_properties properties,
                                                               cl_int *error_out)
{
    const cl_command_queue_properties host =
        CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE;
    const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES, properties, 0};
    if (context_is(context) && cl_device_is(device) && properties & ~host)
        return error_return(error_out, CL_INVALID_VALUE);
    cl_command_queue queue = clCreateCommandQueueWithProperties(context, device, list, error_out);
    if (!queue) return NULL;
    queue_from(queue)->property_count = 0; // CL_QUEUE_PROPERTIES_ARRAY: it was not created with one
    return queue;
}

CL_API_ENTRY cl_int CL_API_CALL clRetainCommandQueue(cl_command_queue queue)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    object_retain_handle(&queue_from(queue)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseCommandQueue(cl_command_queue queue)
{
    if (!queue_is(queue) || !object_release_handle(&queue_from(queue)->object))
        return CL_INVALID_COMMAND_QUEUE;
    queue_flush(queue_from(queue));
    queue_release(queue_from(queue));
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetCommandQueueInfo(cl_command_queue handle, cl_command_queue_info query,
                                                      size_t size, void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!queue_is(handle)) return CL_INVALID_COMMAND_QUEUE;
    const struct kiln_queue *queue = queue_from(handle);
    switch (query) {
    case CL_QUEUE_CONTEXT:
        return INFO_SCALAR(&out, cl_context, context_handle(queue->context));
    case CL_QUEUE_DEVICE:
        return INFO_SCALAR(&out, cl_device_id, cl_device_handle(queue->device));
    case CL_QUEUE_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, queue->object.handles);
    case CL_QUEUE_PROPERTIES:
        return INFO_SCALAR(&out, cl_command_queue_properties, queue->properties);
    case CL_QUEUE_PROPERTIES_ARRAY:
        return info_bytes(&out, queue->property_list, queue->property_count * sizeof(cl_queue_properties));
    case CL_QUEUE_DEVICE_DEFAULT:
        return INFO_SCALAR(&out, cl_command_queue, NULL);
    case CL_QUEUE_SIZE:
        return CL_INVALID_COMMAND_QUEUE; // not a device queue
    default:
        return CL_INVALID_VALUE;
    }
}

// Deprecated since OpenCL 1.1; drivers of later versions may refuse it.
CL_API_ENTRY cl_int CL_API_CALL clSetCommandQueueProperty(cl_command_queue queue,
                                                          cl_command_queue_properties properties,
                                                          cl_bool enable, cl_command_queue_properties *old)
{
    (void)properties, (void)enable, (void)old;
    return queue_is(queue) ? CL_INVALID_OPERATION : CL_INVALID_COMMAND_QUEUE;
}

CL_API_ENTRY cl_int CL_API_CALL clSetDefaultDeviceCommandQueue(cl_context context, cl_device_id device,
                                                               cl_command_queue queue)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    if (!cl_device_is(device) || !context_has_device(context_from(context), cl_device_from(device)))
        return CL_INVALID_DEVICE;
    (void)queue;
    return CL_INVALID_OPERATION; // no queues on the device
}

CL_API_ENTRY cl_int CL_API_CALL clFlush(cl_command_queue queue)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    return queue_flush(queue_from(queue));
}

// Where commands are held back, a blocking marker behind them.
CL_API_ENTRY cl_int CL_API_CALL clFinish(cl_command_queue handle)
{
    struct command_request request;
    cl_int error = command_request_init(&request, handle, CL_COMMAND_MARKER, 0, NULL, NULL);
    if (error) return error;
    pthread_mutex_lock(&request.queue->lock);
    bool held = request.queue->held.count;
    pthread_mutex_unlock(&request.queue->lock);
    request.blocking = CL_TRUE;
    if (held) error = command_enqueue_nothing(&request);
    return error ? error : queue_finish(request.queue);
}

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
