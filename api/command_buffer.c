#include "api/command_buffer.h"

#include "api/cl_device.h"
#include "api/machinery/info.h"

#include <stdlib.h>
#include <string.h>

// ---- Creation -----------------------------------------------------------------------------------------

static bool property_valid(cl_command_buffer_properties_khr name, cl_command_buffer_properties_khr value)
{
    const cl_command_buffer_flags_khr flags =
        CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR | CL_COMMAND_BUFFER_MUTABLE_KHR;
    if (name == CL_COMMAND_BUFFER_FLAGS_KHR) return !(value & ~flags);
    return name == CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR &&
           !(value & ~(cl_bitfield)CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR);
}

// Each property once at most.
static cl_int properties_read(struct kiln_command_buffer *buffer,
                              const cl_command_buffer_properties_khr *list)
{
    bool flags = false, asserts = false;
    buffer->property_count = list ? 1 : 0;
    for (const cl_command_buffer_properties_khr *p = list; p && *p; p += 2, buffer->property_count += 2) {
        bool *seen = *p == CL_COMMAND_BUFFER_FLAGS_KHR ? &flags : &asserts;
        if (*seen || !property_valid(p[0], p[1])) return CL_INVALID_VALUE;
        *seen = true;
        *(seen == &flags ? &buffer->flags : &buffer->asserts) = p[1];
    }
    if (!list) return CL_SUCCESS;
    buffer->property_list = malloc(buffer->property_count * sizeof *list);
    if (!buffer->property_list) return CL_OUT_OF_HOST_MEMORY;
    memcpy(buffer->property_list, list, buffer->property_count * sizeof *list);
    return CL_SUCCESS;
}

void mutable_commands_free(struct kiln_mutable_command *first)
{
    for (struct kiln_mutable_command *next; first; first = next) {
        next = first->next;
        if (first->object.references) object_release(&first->object); // nobody else has one
        kernel_release(first->kernel);
        if (first->state) kernel_release(first->state);
        free(first->property_list);
        free(first);
    }
}

static void command_buffer_destroy(struct kiln_command_buffer *buffer)
{
    mutable_commands_free(buffer->commands);
    if (buffer->sequence) sequence_release(buffer->sequence);
    for (size_t i = 0; i < buffer->count; i++) record_release(buffer->records[i]);
    pthread_mutex_destroy(&buffer->lock);
    queue_release(buffer->queue);
    free(buffer->records);
    free(buffer->property_list);
    free(buffer);
}

static cl_int command_buffer_create(struct kiln_queue *queue, const cl_command_buffer_properties_khr *list,
                                    struct kiln_command_buffer **out)
{
    struct kiln_command_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer) return CL_OUT_OF_HOST_MEMORY;
    object_retain(&queue->object);
    buffer->queue = queue;
    pthread_mutex_init(&buffer->lock, NULL);
    cl_int error = properties_read(buffer, list);
    if (!error && !object_init(&buffer->object, OBJECT_COMMAND_BUFFER)) error = CL_OUT_OF_HOST_MEMORY;
    if (error)
        command_buffer_destroy(buffer);
    else
        *out = buffer;
    return error;
}

CL_API_ENTRY cl_command_buffer_khr CL_API_CALL
clCreateCommandBufferKHR(cl_uint count, const cl_command_queue *queues,
                         const cl_command_buffer_properties_khr *properties, cl_int *error_out)
{
    struct kiln_command_buffer *buffer;
    if (count != 1 || !queues) return error_return(error_out, CL_INVALID_VALUE);
    if (!queue_is(*queues)) return error_return(error_out, CL_INVALID_COMMAND_QUEUE);
    cl_int error = command_buffer_create(queue_from(*queues), properties, &buffer);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return command_buffer_handle(buffer);
}

CL_API_ENTRY cl_int CL_API_CALL clRetainCommandBufferKHR(cl_command_buffer_khr buffer)
{
    if (!command_buffer_is(buffer)) return CL_INVALID_COMMAND_BUFFER_KHR;
    object_retain_handle(&command_buffer_from(buffer)->object);
    return CL_SUCCESS;
}

// Its submissions under way keep what they need.
CL_API_ENTRY cl_int CL_API_CALL clReleaseCommandBufferKHR(cl_command_buffer_khr handle)
{
    if (!command_buffer_is(handle)) return CL_INVALID_COMMAND_BUFFER_KHR;
    struct kiln_command_buffer *buffer = command_buffer_from(handle);
    if (!object_release_handle(&buffer->object)) return CL_INVALID_COMMAND_BUFFER_KHR;
    if (object_release(&buffer->object)) command_buffer_destroy(buffer);
    return CL_SUCCESS;
}

// ---- Enqueueing ---------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clFinalizeCommandBufferKHR(cl_command_buffer_khr handle)
{
    if (!command_buffer_is(handle)) return CL_INVALID_COMMAND_BUFFER_KHR;
    struct kiln_command_buffer *buffer = command_buffer_from(handle);
    pthread_mutex_lock(&buffer->lock);
    bool again = buffer->finalized;
    buffer->finalized = true;
    pthread_mutex_unlock(&buffer->lock);
    return again ? CL_INVALID_OPERATION : CL_SUCCESS;
}

struct sequence *command_buffer_changed(struct kiln_command_buffer *buffer)
{
    struct sequence *old = buffer->sequence;
    buffer->sequence = NULL;
    return old;
}

// What the commands make by now, retained.
static cl_int sequence_now(struct kiln_command_buffer *buffer, struct sequence **out)
{
    cl_int error = CL_SUCCESS;
    pthread_mutex_lock(&buffer->lock);
    if (!buffer->finalized || buffer->unready) error = CL_INVALID_OPERATION;
    if (!error && !buffer->sequence)
        error =
            sequence_create(buffer->queue->device->device, buffer->records, buffer->count, &buffer->sequence);
    if (!error) sequence_retain(*out = buffer->sequence);
    pthread_mutex_unlock(&buffer->lock);
    return error;
}

// The queue to be used instead of the one that the commands were recorded for.
static cl_int substitute_check(const struct kiln_command_buffer *buffer, cl_command_queue handle)
{
    if (!queue_is(handle)) return CL_INVALID_COMMAND_QUEUE;
    const struct kiln_queue *queue = queue_from(handle);
    if (queue->properties & ~(cl_command_queue_properties)COMMAND_BUFFER_QUEUE_PROPERTIES)
        return CL_INCOMPATIBLE_COMMAND_QUEUE_KHR;
    if (queue->device != buffer->queue->device) return CL_INVALID_DEVICE;
    return queue->context == buffer->queue->context ? CL_SUCCESS : CL_INVALID_CONTEXT;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCommandBufferKHR(cl_uint count, cl_command_queue *queues,
                                                          cl_command_buffer_khr handle, cl_uint wait_count,
                                                          const cl_event *wait, cl_event *event)
{
    if (!command_buffer_is(handle)) return CL_INVALID_COMMAND_BUFFER_KHR;
    struct kiln_command_buffer *buffer = command_buffer_from(handle);
    if (!count != !queues || count > 1) return CL_INVALID_VALUE;
    cl_int error = queues ? substitute_check(buffer, *queues) : CL_SUCCESS;
    if (error) return error;
    struct command_request request;
    struct sequence *sequence;
    error = command_request_init(&request, queues ? *queues : queue_handle(buffer->queue),
                                 CL_COMMAND_COMMAND_BUFFER_KHR, wait_count, wait, event);
    if (!error) error = sequence_now(buffer, &sequence);
    if (error) return error;
    error = sequence_enqueue(&request, sequence);
    sequence_release(sequence);
    return error;
}

// ---- Queries ------------------------------------------------------------------------------------------

static cl_command_buffer_state_khr state_now(struct kiln_command_buffer *buffer)
{
    pthread_mutex_lock(&buffer->lock);
    bool recording = !buffer->finalized, unready = buffer->unready;
    pthread_mutex_unlock(&buffer->lock);
    if (recording) return CL_COMMAND_BUFFER_STATE_RECORDING_KHR;
    return unready ? CL_COMMAND_BUFFER_STATE_FINALIZED_KHR : CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR;
}

CL_API_ENTRY cl_int CL_API_CALL clGetCommandBufferInfoKHR(cl_command_buffer_khr handle,
                                                          cl_command_buffer_info_khr query, size_t size,
                                                          void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!command_buffer_is(handle)) return CL_INVALID_COMMAND_BUFFER_KHR;
    struct kiln_command_buffer *buffer = command_buffer_from(handle);
    switch (query) {
    case CL_COMMAND_BUFFER_NUM_QUEUES_KHR:
        return INFO_SCALAR(&out, cl_uint, 1);
    case CL_COMMAND_BUFFER_QUEUES_KHR:
        return INFO_SCALAR(&out, cl_command_queue, queue_handle(buffer->queue));
    case CL_COMMAND_BUFFER_REFERENCE_COUNT_KHR:
        return INFO_SCALAR(&out, cl_uint, buffer->object.handles);
    case CL_COMMAND_BUFFER_STATE_KHR:
        return INFO_SCALAR(&out, cl_command_buffer_state_khr, state_now(buffer));
    case CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR:
        return info_bytes(&out, buffer->property_list,
                          buffer->property_count * sizeof *buffer->property_list);
    case CL_COMMAND_BUFFER_CONTEXT_KHR:
        return INFO_SCALAR(&out, cl_context, context_handle(buffer->queue->context));
    default:
        return CL_INVALID_VALUE;
    }
}
