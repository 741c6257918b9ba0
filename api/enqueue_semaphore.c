// Waiting on and signalling semaphores.
#include "api/machinery/command.h"
#include "api/semaphore.h"

#include <stdlib.h>
#include <string.h>

// Payloads are for semaphores of other types.
static cl_int semaphores_check(const struct command_request *request, cl_uint count,
                               const cl_semaphore_khr *list)
{
    if (!count || !list) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++) {
        if (!semaphore_is(list[i])) return CL_INVALID_SEMAPHORE_KHR;
        const struct kiln_semaphore *semaphore = semaphore_from(list[i]);
        if (semaphore->device ? semaphore->device != request->queue->device
                              : !context_has_device(semaphore->context, request->queue->device))
            return CL_INVALID_COMMAND_QUEUE;
        if (semaphore->context != request->queue->context) return CL_INVALID_CONTEXT;
    }
    for (cl_uint i = 0; i < request->wait_count; i++)
        if (event_result(event_from(request->wait[i])) < 0)
            return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
    return CL_SUCCESS;
}

// ---- Waiting ------------------------------------------------------------------------------------------

// The event that tells of the semaphore's signal, which is the caller's now; *taken: the semaphore no longer
// has it. NULL: out of memory.
static cl_event signal_take(struct kiln_semaphore *semaphore, bool *taken)
{
    pthread_mutex_lock(&semaphore->lock);
    cl_event event = semaphore->signal;
    *taken = event;
    semaphore->signal = NULL;
    if (!event && !semaphore->awaited)
        semaphore->awaited = clCreateUserEvent(context_handle(semaphore->context), NULL);
    if (!event && semaphore->awaited) {
        clRetainEvent(semaphore->awaited);
        event = semaphore->awaited;
        semaphore->waiting++;
    }
    pthread_mutex_unlock(&semaphore->lock);
    return event;
}

// Of a wait command that is not to be: as if it had not been asked for, unless there is a newer signal.
static void signal_return(struct kiln_semaphore *semaphore, cl_event event, bool taken)
{
    pthread_mutex_lock(&semaphore->lock);
    bool kept = taken && !semaphore->signal, alone = semaphore->awaited == event && !--semaphore->waiting;
    if (kept) semaphore->signal = event;
    if (alone) semaphore->awaited = NULL;
    pthread_mutex_unlock(&semaphore->lock);
    if (!kept) clReleaseEvent(event);
    if (alone) clReleaseEvent(event);
}

struct waits {
    cl_event
        *events;   // the application's wait list, and then of each semaphore that which tells of its signal
    bool *taken;   // of each semaphore
    cl_uint count; // semaphores so far
};

static cl_int waits_take(struct waits *waits, const struct command_request *request, cl_uint count,
                         const cl_semaphore_khr *list)
{
    for (; waits->count < count; waits->count++) {
        cl_event event = signal_take(semaphore_from(list[waits->count]), &waits->taken[waits->count]);
        if (!event) return CL_OUT_OF_HOST_MEMORY;
        waits->events[request->wait_count + waits->count] = event;
    }
    return CL_SUCCESS;
}

static void waits_end(const struct waits *waits, const struct command_request *request,
                      const cl_semaphore_khr *list, cl_int error)
{
    for (cl_uint i = 0; i < waits->count; i++) {
        cl_event event = waits->events[request->wait_count + i];
        if (error)
            signal_return(semaphore_from(list[i]), event, waits->taken[i]);
        else
            clReleaseEvent(event);
    }
    free(waits->events);
    free(waits->taken);
}

static cl_int wait_enqueue(const struct command_request *request, cl_uint count, const cl_semaphore_khr *list)
{
    struct waits waits = {calloc((size_t)request->wait_count + count, sizeof(cl_event)),
                          calloc(count, sizeof(bool)), 0};
    struct command_request whole = *request;
    cl_int error = waits.events && waits.taken ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    if (!error && request->wait_count)
        memcpy(waits.events, request->wait, request->wait_count * sizeof(cl_event));
    if (!error) error = waits_take(&waits, request, count, list);
    whole.wait = waits.events;
    whole.wait_count += count;
    if (!error) error = command_enqueue_nothing(&whole);
    waits_end(&waits, request, list, error);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWaitSemaphoresKHR(cl_command_queue queue, cl_uint count,
                                                           const cl_semaphore_khr *semaphores,
                                                           const cl_semaphore_payload_khr *payloads,
                                                           cl_uint wait_count, const cl_event *wait,
                                                           cl_event *event)
{
    struct command_request request;
    (void)payloads;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_SEMAPHORE_WAIT_KHR, wait_count, wait, event);
    if (!error) error = semaphores_check(&request, count, semaphores);
    return error ? error : wait_enqueue(&request, count, semaphores);
}

// ---- Signalling ---------------------------------------------------------------------------------------

// The signal command that a wait command was waiting for has ended.
static void CL_CALLBACK awaited_ended(cl_event signal, cl_int status, void *awaited)
{
    (void)signal;
    clSetUserEventStatus(awaited, status);
    clReleaseEvent(awaited);
}

// Leaves the signal command's event with the semaphore, or has it end what waits already.
static void signal_leave(struct kiln_semaphore *semaphore, cl_event event)
{
    clRetainEvent(event);
    pthread_mutex_lock(&semaphore->lock);
    cl_event awaited = semaphore->awaited, old = awaited ? event : semaphore->signal;
    semaphore->awaited = NULL;
    semaphore->waiting = 0;
    if (!awaited) semaphore->signal = event;
    pthread_mutex_unlock(&semaphore->lock);
    cl_int error = awaited ? clSetEventCallback(event, CL_COMPLETE, awaited_ended, awaited) : CL_SUCCESS;
    if (error) awaited_ended(event, error, awaited);
    if (old) clReleaseEvent(old);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSignalSemaphoresKHR(cl_command_queue queue, cl_uint count,
                                                             const cl_semaphore_khr *semaphores,
                                                             const cl_semaphore_payload_khr *payloads,
                                                             cl_uint wait_count, const cl_event *wait,
                                                             cl_event *event)
{
    struct command_request request;
    cl_event signal;
    (void)payloads;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_SEMAPHORE_SIGNAL_KHR, wait_count, wait, &signal);
    if (!error) error = semaphores_check(&request, count, semaphores);
    if (!error) error = command_enqueue_nothing(&request);
    if (error) return error;
    for (cl_uint i = 0; i < count; i++) signal_leave(semaphore_from(semaphores[i]), signal);
    if (event)
        *event = signal;
    else
        clReleaseEvent(signal);
    return CL_SUCCESS;
}
