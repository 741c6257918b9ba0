#include "api/event.h"

#include "api/machinery/info.h"
#include "api/machinery/recycle.h"

#include <stdlib.h>

void event_retain(struct kiln_event *event) { object_retain(&event->object); }

static void event_destroy(struct kiln_event *event)
{
    event_callbacks_free(&event->callbacks);
    event_guards_free(event->guards);
    pthread_mutex_destroy(&event->lock);
    device_signal_release(event->signal);
    if (event->owner) event->owner->release(event->owner->queue);
    context_release(event->context);
    recycle_give(event, sizeof *event);
}

void event_release(struct kiln_event *event)
{
    if (object_release(&event->object)) event_destroy(event);
}

static void object_release_event(struct object *object) { event_release((struct kiln_event *)object); }

cl_int event_create(struct kiln_context *context, const struct event_owner *owner, cl_command_type type,
                    struct kiln_event **out)
{
    struct kiln_event *event = recycle_take(sizeof *event);
    if (!event) return CL_OUT_OF_HOST_MEMORY;
    *event = (struct kiln_event){.lock = PTHREAD_MUTEX_INITIALIZER};
    cl_int error = device_signal_create(&event->signal);
    if (error) {
        recycle_give(event, sizeof *event);
        return error;
    }
    event->context = context;
    event->owner = owner;
    event->type = type;
    event->callbacks.event = &event->object;
    event->callbacks.release = object_release_event;
    context_retain(context);
    if (owner) {
        object_retain(owner->queue);
        if (owner->clock) event->queued = device_clock(owner->clock);
    }
    if (!object_init(&event->object, OBJECT_EVENT)) {
        event_destroy(event);
        return CL_OUT_OF_HOST_MEMORY;
    }
    *out = event;
    return CL_SUCCESS;
}

bool event_is_known_locked(const struct kiln_event *event)
{
    return device_signal_state(event->signal) != 1 || (event->owner && event->is_submitted);
}

bool event_is_known(struct kiln_event *event)
{
    if (device_signal_state(event->signal) != 1) return true;
    if (!event->owner) return false;
    pthread_mutex_lock(&event->lock);
    bool known = event->is_submitted;
    pthread_mutex_unlock(&event->lock);
    return known;
}

// What a command that waits for these events depends on: the events and their own guards.
static size_t guards_collect(unsigned count, struct kiln_event *const *wait, struct event_guard *list)
{
    size_t collected = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct kiln_event *event = wait[i];
        for (unsigned k = 0; event->guards && k < event->guards->count; k++)
            list[collected++] = event->guards->list[k];
        if (event->place.track)
            list[collected++] =
                (struct event_guard){event->place.track, event->place.sequence, event->signal};
    }
    return collected;
}

static cl_int guards_create(struct kiln_event *event, unsigned count, struct kiln_event *const *wait)
{
    struct event_guard few[16], *list = few;
    size_t most = 0;
    for (unsigned i = 0; i < count; i++) {
        most += wait[i]->place.track && wait[i]->place.track != event->place.track;
        most += wait[i]->guards ? wait[i]->guards->count : 0;
    }
    if (!most) return CL_SUCCESS;
    most += count;
    if (most > sizeof few / sizeof *few && !(list = malloc(most * sizeof *list)))
        return CL_OUT_OF_HOST_MEMORY;
    size_t collected = guards_collect(count, wait, list);
    cl_int error = event_guards_create(event->place.track, list, collected, &event->guards);
    if (list != few) free(list);
    return error;
}

cl_int event_submitting(struct kiln_event *event, struct event_place place, unsigned wait_count,
                        struct kiln_event *const *wait)
{
    if (event->owner->clock) event->submitted = device_clock(event->owner->clock);
    event->place = place;
    return guards_create(event, wait_count, wait);
}

bool event_submitted(struct kiln_event *event)
{
    pthread_mutex_lock(&event->lock);
    event->is_submitted = true;
    event_callbacks_post(&event->callbacks, CL_SUBMITTED, CL_SUBMITTED);
    bool awaited = event->waiting;
    pthread_mutex_unlock(&event->lock);
    return awaited;
}

cl_int event_result(const struct kiln_event *event)
{
    cl_int state = device_signal_state(event->signal);
    bool failed = state == CL_COMPLETE && event_guards_failed(event->guards);
    return failed ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : state;
}

cl_int event_status(struct kiln_event *event)
{
    cl_int state = event_result(event);
    if (state != 1) return state;
    if (!event->owner) return CL_SUBMITTED; // user events are born so
    pthread_mutex_lock(&event->lock);
    bool submitted = event->is_submitted;
    pthread_mutex_unlock(&event->lock);
    if (!submitted) return CL_QUEUED;
    device_queue_flush(event->place.queue); // who asks wants to see it go on
    if (device_queue_runs(event->place.queue, event->signal)) return CL_RUNNING;
    state = event_result(event); // it may have ended meanwhile, and then it does not run any more
    return state == 1 ? CL_SUBMITTED : state;
}

cl_int event_list_check(const struct kiln_context *context, cl_uint count, const cl_event *events)
{
    if (!count != !events) return CL_INVALID_EVENT_WAIT_LIST;
    for (cl_uint i = 0; i < count; i++) {
        if (!event_is(events[i])) return CL_INVALID_EVENT_WAIT_LIST;
        if (event_from(events[i])->context != context) return CL_INVALID_CONTEXT;
    }
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clRetainEvent(cl_event event)
{
    if (!event_is(event)) return CL_INVALID_EVENT;
    object_retain_handle(&event_from(event)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseEvent(cl_event event)
{
    if (!event_is(event) || !object_release_handle(&event_from(event)->object)) return CL_INVALID_EVENT;
    event_release(event_from(event));
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetEventInfo(cl_event handle, cl_event_info query, size_t size, void *value,
                                               size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!event_is(handle)) return CL_INVALID_EVENT;
    struct kiln_event *event = event_from(handle);
    switch (query) {
    case CL_EVENT_COMMAND_QUEUE:
        return INFO_SCALAR(&out, cl_command_queue,
                           event->owner ? (cl_command_queue)event->owner->queue : NULL);
    case CL_EVENT_CONTEXT:
        return INFO_SCALAR(&out, cl_context, context_handle(event->context));
    case CL_EVENT_COMMAND_TYPE:
        return INFO_SCALAR(&out, cl_command_type, event->type);
    case CL_EVENT_COMMAND_EXECUTION_STATUS:
        return INFO_SCALAR(&out, cl_int, event_status(event));
    case CL_EVENT_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, event->object.handles);
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clGetEventProfilingInfo(cl_event handle, cl_profiling_info query, size_t size,
                                                        void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    uint64_t start, end;
    if (!event_is(handle)) return CL_INVALID_EVENT;
    struct kiln_event *event = event_from(handle);
    if (!event->owner || !event->owner->clock || event_result(event) != CL_COMPLETE ||
        !device_signal_times(event->signal, &start, &end))
        return CL_PROFILING_INFO_NOT_AVAILABLE;
    switch (query) {
    // The first two are no later than the device's own times: on hardware those are another clock's.
    case CL_PROFILING_COMMAND_QUEUED:
        return INFO_SCALAR(&out, cl_ulong, event->queued < start ? event->queued : start);
    case CL_PROFILING_COMMAND_SUBMIT:
        return INFO_SCALAR(&out, cl_ulong, event->submitted < start ? event->submitted : start);
    case CL_PROFILING_COMMAND_START:
        return INFO_SCALAR(&out, cl_ulong, start);
    case CL_PROFILING_COMMAND_END:
    case CL_PROFILING_COMMAND_COMPLETE:
        return INFO_SCALAR(&out, cl_ulong, end);
    default:
        return CL_INVALID_VALUE;
    }
}
