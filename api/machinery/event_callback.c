#define _GNU_SOURCE
#include "api/machinery/event_callback.h"

#include "base/thread.h"

#include <stdlib.h>

// ---- The thread ----------------------------------------------------------------------------------------

struct call {
    struct event_callback *callback; // NULL: only the reference is to be dropped
    struct kiln_event *event;        // retained
    cl_int status;
    struct call *next;
};

static pthread_mutex_t calls_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t calls_changed = PTHREAD_COND_INITIALIZER;
static struct call *calls_first, **calls_end = &calls_first;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;
static bool thread_runs;

static void *calls_run(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&calls_lock);
        while (!calls_first) pthread_cond_wait(&calls_changed, &calls_lock);
        struct call *call = calls_first;
        calls_first = call->next;
        if (!calls_first) calls_end = &calls_first;
        pthread_mutex_unlock(&calls_lock);
        if (call->callback)
            call->callback->function(event_handle(call->event), call->status, call->callback->argument);
        free(call->callback);
        event_release(call->event);
        free(call);
    }
    return unused;
}

static void calls_start(void) { thread_runs = thread_start(NULL, "kiln-callbacks", calls_run, NULL); }

// ---- What is registered --------------------------------------------------------------------------------

static struct call *call_create(struct event_callback *callback, struct kiln_event *event, cl_int status,
                                struct call *next)
{
    struct call *call = malloc(sizeof *call);
    if (!call) abort(); // a callback that is silently not called is a hang somewhere else
    *call = (struct call){callback, event, status, next};
    return call;
}

static void calls_append(struct call *first, struct call *last)
{
    pthread_mutex_lock(&calls_lock);
    *calls_end = first;
    calls_end = &last->next;
    pthread_cond_signal(&calls_changed);
    pthread_mutex_unlock(&calls_lock);
}

// Posts all callbacks of a list, oldest first, in one go. With the event's lock held.
static void callbacks_post(struct kiln_event *event, struct event_callback **list, cl_int status)
{
    struct call *first = NULL, *last = NULL;
    for (struct event_callback *next, *callback = *list; callback; callback = next) {
        next = callback->next;
        first = call_create(callback, event, status < 0 ? status : callback->status, first);
        event_retain(event);
        if (!last) last = first;
    }
    *list = NULL;
    if (first) calls_append(first, last);
}

// The event has ended: whoever wanted to hear of an earlier status hears of it now at the latest. The
// reference is dropped on the callbacks' thread, since dropping the last one may wait for a queue, which
// threads of the device layer must not.
static void event_ended(void *argument, cl_int state)
{
    struct kiln_event *event = argument;
    if (state == CL_COMPLETE) state = event_result(event);
    pthread_mutex_lock(&event->lock);
    for (cl_int status = CL_SUBMITTED; status >= CL_COMPLETE; status--)
        callbacks_post(event, &event->callbacks[status], state);
    pthread_mutex_unlock(&event->lock);
    struct call *release = call_create(NULL, event, state, NULL);
    calls_append(release, release);
}

void event_callbacks_submitted(struct kiln_event *event)
{
    callbacks_post(event, &event->callbacks[CL_SUBMITTED], CL_SUBMITTED);
}

void event_callbacks_free(struct kiln_event *event)
{
    for (int status = 0; status < CL_QUEUED; status++)
        for (struct event_callback *next, *callback = event->callbacks[status]; callback; callback = next) {
            next = callback->next;
            free(callback);
        }
}

CL_API_ENTRY cl_int CL_API_CALL clSetEventCallback(cl_event handle, cl_int status,
                                                   void(CL_CALLBACK *function)(cl_event, cl_int, void *),
                                                   void *argument)
{
    if (!event_is(handle)) return CL_INVALID_EVENT;
    if (!function || status < CL_COMPLETE || status > CL_SUBMITTED) return CL_INVALID_VALUE;
    struct kiln_event *event = event_from(handle);
    struct event_callback *callback = malloc(sizeof *callback);
    if (!callback) return CL_OUT_OF_HOST_MEMORY;
    pthread_once(&thread_once, calls_start);
    if (!thread_runs) {
        free(callback);
        return CL_OUT_OF_RESOURCES;
    }
    pthread_mutex_lock(&event->lock);
    *callback = (struct event_callback){function, argument, status, event->callbacks[status]};
    event->callbacks[status] = callback;
    bool already = status == CL_SUBMITTED && (event->is_submitted || !event->queue);
    if (already) event_callbacks_submitted(event);
    // One notification serves all callbacks; after the event has ended every registration needs its own.
    bool notify = !already && (!event->notified || device_signal_state(event->signal) != 1);
    event->notified |= notify;
    pthread_mutex_unlock(&event->lock);
    if (!notify) return CL_SUCCESS;
    event_retain(event);
    cl_int error = device_signal_notify(event->signal, event_ended, event);
    if (error) event_release(event);
    return error;
}
