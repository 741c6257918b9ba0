#include "api/queue.h"

#include "api/machinery/info.h"
#include "api/machinery/queue_properties.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// ---- The end ------------------------------------------------------------------------------------------

static void queue_destroy(struct kiln_queue *queue)
{
    tracks_close(&queue->tracks);
    pthread_mutex_lock(&queue->context->lock);
    LIST_REMOVE(queue, link);
    pthread_cond_broadcast(&queue->context->queue_gone);
    pthread_mutex_unlock(&queue->context->lock);
    pthread_mutex_destroy(&queue->lock);
    context_release(queue->context);
    free(queue->property_list);
    free(queue);
}

static void queue_destroy_later(struct later *ending)
{
    queue_destroy(((struct queue_ending *)ending)->queue);
}

// On a thread of the device layer: payloads' destructors call the application, and may end other queues.
static void queue_ended(void *argument, cl_int state)
{
    struct kiln_queue *queue = argument;
    (void)state;
    later_append(&queue->ending.later, &queue->ending.later);
}

// Nothing refers to the queue any more but its commands under way. A thread waits for their end, or at once
// where no signal will tell of it: that of all tracks could not be had, or be watched. Without such a thread
// the caller waits.
static void queue_end(struct kiln_queue *queue)
{
    struct device_signal *tail;
    queue->ending = (struct queue_ending){{.run = queue_destroy_later}, queue};
    cl_int error = tracks_tail(&queue->tracks, &tail);
    bool ended = error == CL_DEVICE_NOT_AVAILABLE || (!error && (!tail || device_signal_state(tail) != 1));
    bool left = !ended && later_start();
    if (left && (error || device_signal_notify(tail, queue_ended, queue))) // dead: its commands end right now
        later_append(&queue->ending.later, &queue->ending.later);
    if (tail) device_signal_release(tail);
    if (!left) queue_destroy(queue);
}

void queue_release(struct kiln_queue *queue)
{
    if (object_release(&queue->object)) queue_end(queue);
}

static void owner_release(struct object *object) { queue_release((struct kiln_queue *)object); }

// ---- Its commands under way ---------------------------------------------------------------------------

void queue_reap(struct kiln_queue *queue)
{
    struct work *ended[TRACKS_MAX];
    pthread_mutex_lock(&queue->lock);
    unsigned tracks = queue->tracks.count;
    for (unsigned i = 0; i < tracks; i++) ended[i] = under_way_take_ended(&queue->tracks.list[i].under_way);
    pthread_mutex_unlock(&queue->lock);
    for (unsigned i = 0; i < tracks; i++) works_release(ended[i]);
}

cl_int queue_flush(struct kiln_queue *queue)
{
    cl_int result = CL_SUCCESS;
    pthread_mutex_lock(&queue->lock);
    for (unsigned i = 0; i < queue->tracks.count; i++) {
        cl_int error = device_queue_flush(queue->tracks.list[i].device_queue);
        if (error) result = error;
    }
    pthread_mutex_unlock(&queue->lock);
    return result;
}

// What the track has by now, the last of which has this place.
static cl_int track_finish(struct kiln_queue *queue, struct track *track, uint64_t place)
{
    cl_int error = device_queue_finish(track->device_queue);
    pthread_mutex_lock(&queue->lock);
    // After an error it is not certain that they have ended.
    struct work *ended =
        error ? under_way_take_ended(&track->under_way) : under_way_take(&track->under_way, place);
    pthread_mutex_unlock(&queue->lock);
    works_release(ended);
    return error;
}

cl_int queue_finish(struct kiln_queue *queue, bool *held)
{
    uint64_t places[TRACKS_MAX];
    pthread_mutex_lock(&queue->lock);
    *held = queue->held.count;
    unsigned tracks = queue->tracks.count;
    for (unsigned i = 0; i < tracks; i++) places[i] = queue->tracks.list[i].under_way.places;
    pthread_mutex_unlock(&queue->lock);
    cl_int result = CL_SUCCESS;
    for (unsigned i = 0; i < tracks; i++) {
        cl_int error = track_finish(queue, &queue->tracks.list[i], places[i]);
        if (error) result = error;
    }
    return result;
}

// ---- Creation -----------------------------------------------------------------------------------------

static void queue_fault(void *argument, const struct device_fault *fault)
{
    const struct kiln_queue *queue = argument;
    context_notify(queue->context, fault->text);
}

static enum device_queue_priority device_priority(cl_queue_priority_khr hint)
{
    if (hint == CL_QUEUE_PRIORITY_MED_KHR) return DEVICE_QUEUE_NORMAL;
    return hint == CL_QUEUE_PRIORITY_HIGH_KHR ? DEVICE_QUEUE_HIGH : DEVICE_QUEUE_LOW;
}

// What its parts know of it.
static void queue_attach(struct kiln_queue *queue, enum device_queue_priority priority)
{
    bool profiled = queue_is_profiled(queue);
    queue->tracks.device = queue->device->device;
    queue->tracks.options = (struct device_queue_options){.on_fault = queue_fault,
                                                          .argument = queue,
                                                          .profiling = profiled,
                                                          .priority = priority,
                                                          .units = queue->device->units};
    queue->owner =
        (struct event_owner){&queue->object, owner_release, profiled ? queue->device->device : NULL};
    queue->held.queue = &queue->object;
    queue->held.holding = &queue->context->holding;
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
    queue->property_list = copy;
    queue->property_count = properties.count;
    queue_attach(queue, device_priority(properties.priority));
    error = tracks_open(&queue->tracks);
    if (error) goto failed;
    pthread_mutex_init(&queue->lock, NULL);
    context_retain(context);
    pthread_mutex_lock(&context->lock);
    LIST_INSERT_HEAD(&context->queues, queue, link);
    pthread_mutex_unlock(&context->lock);
    if (!object_init(&queue->object, OBJECT_QUEUE)) {
        queue_destroy(queue);
        return CL_OUT_OF_HOST_MEMORY;
    }
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
