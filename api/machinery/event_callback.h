// The application's functions that are to hear of an event. They run on a thread of their own (later.h), so
// that they may call OpenCL.
#pragma once

#include "api/machinery/later.h"
#include "api/object.h"

#include <CL/cl.h>

struct event_callback {
    struct later later;         // `next`: the one registered before
    struct event_callbacks *of; // whose event is retained once it is to be called
    void(CL_CALLBACK *function)(cl_event, cl_int, void *);
    void *argument;
    cl_int status; // the one it was registered for; once it is to be called, the one to tell
};

// An event's, guarded by its lock.
struct event_callbacks {
    struct object *event;
    void (*release)(struct object *event); // drops a reference
    // By status: CL_COMPLETE, CL_RUNNING, CL_SUBMITTED; newest first.
    struct event_callback *lists[CL_QUEUED];
};

// Has it called once its status is posted; later_start succeeded.
void event_callbacks_add(struct event_callbacks *, struct event_callback *);

// Has those called that were registered for the status `of`, oldest first, and told `status`, where that is
// an error, or what they were registered for.
void event_callbacks_post(struct event_callbacks *, cl_int of, cl_int status);

// Frees what was never called, with the event.
void event_callbacks_free(struct event_callbacks *);
