#include "api/machinery/event_callback.h"

#include <stdlib.h>

static void callback_run(struct later *later)
{
    struct event_callback *callback = (struct event_callback *)later;
    struct event_callbacks *of = callback->of;
    callback->function((cl_event)of->event, callback->status, callback->argument);
    free(callback);
    of->release(of->event);
}

void event_callbacks_add(struct event_callbacks *callbacks, struct event_callback *callback)
{
    struct event_callback **list = &callbacks->lists[callback->status];
    callback->later = (struct later){*list ? &(*list)->later : NULL, callback_run};
    callback->of = callbacks;
    *list = callback;
}

void event_callbacks_post(struct event_callbacks *callbacks, cl_int of, cl_int status)
{
    struct later *first = NULL, *last = NULL;
    for (struct event_callback *callback = callbacks->lists[of]; callback;) {
        struct later *older = callback->later.next;
        if (status < 0) callback->status = status;
        object_retain(callbacks->event);
        callback->later.next = first;
        first = &callback->later;
        if (!last) last = first;
        callback = (struct event_callback *)older;
    }
    callbacks->lists[of] = NULL;
    if (first) later_append(first, last);
}

void event_callbacks_free(struct event_callbacks *callbacks)
{
    for (int status = 0; status < CL_QUEUED; status++)
        for (struct event_callback *callback = callbacks->lists[status]; callback;) {
            struct later *older = callback->later.next;
            free(callback);
            callback = (struct event_callback *)older;
        }
}
