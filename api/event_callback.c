// clSetEventCallback: what waits for an event on behalf of its callbacks.
#include "api/event.h"

#include <stdlib.h>

// What waits for an event's end on behalf of its callbacks.
struct notification {
    struct later later;
    struct kiln_event *event; // retained
};

static void notification_free(struct later *later)
{
    struct notification *notification = (struct notification *)later;
    event_release(notification->event);
    free(notification);
}

// The event has ended: whoever wanted to hear of an earlier status hears of it now at the latest. The
// reference is dropped on the API's own thread, since dropping the last one may call the application.
static void event_ended(void *argument, cl_int state)
{
    struct notification *notification = argument;
    struct kiln_event *event = notification->event;
    if (state == CL_COMPLETE) state = event_result(event);
    pthread_mutex_lock(&event->lock);
    for (cl_int status = CL_SUBMITTED; status >= CL_COMPLETE; status--)
        event_callbacks_post(&event->callbacks, status, state);
    pthread_mutex_unlock(&event->lock);
    later_append(&notification->later, &notification->later);
}

// One notification serves all callbacks; after the event has ended every registration needs its own. With the
// event's lock held.
static cl_int event_notify(struct kiln_event *event)
{
    if (event->notified && device_signal_state(event->signal) == 1) return CL_SUCCESS;
    struct notification *notification = malloc(sizeof *notification);
    if (!notification) return CL_OUT_OF_HOST_MEMORY;
    *notification = (struct notification){{NULL, notification_free}, event};
    event_retain(event);
    cl_int error = device_signal_notify(event->signal, event_ended, notification);
    if (error)
        notification_free(&notification->later);
    else
        event->notified = true;
    return error;
}

// What can fail comes before the callback is linked, under the one lock: nobody else counts on a notification
// that was refused.
static cl_int callback_register(struct kiln_event *event, struct event_callback *callback)
{
    cl_int status = callback->status, error = CL_SUCCESS;
    pthread_mutex_lock(&event->lock);
    bool already = status == CL_SUBMITTED && (event->is_submitted || !event->owner);
    if (!already) error = event_notify(event);
    if (!error) {
        event_callbacks_add(&event->callbacks, callback);
        if (already) event_callbacks_post(&event->callbacks, status, status);
    }
    pthread_mutex_unlock(&event->lock);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clSetEventCallback(cl_event handle, cl_int status,
                                                   void(CL_CALLBACK *function)(cl_event, cl_int, void *),
                                                   void *argument)
{
    if (!event_is(handle)) return CL_INVALID_EVENT;
    if (!function || status < CL_COMPLETE || status > CL_SUBMITTED) return CL_INVALID_VALUE;
    if (!later_start()) return CL_OUT_OF_RESOURCES;
    struct event_callback *callback = malloc(sizeof *callback);
    if (!callback) return CL_OUT_OF_HOST_MEMORY;
    *callback = (struct event_callback){.function = function, .argument = argument, .status = status};
    cl_int error = callback_register(event_from(handle), callback);
    if (error) free(callback);
    return error;
}
