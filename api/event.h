// Events: a device signal with an OpenCL handle.
#pragma once

#include "api/context.h"
#include "api/machinery/event_guard.h"
#include "api/object.h"
#include "api/queue.h"
#include "device/device.h"

struct event_callback {
    void(CL_CALLBACK *function)(cl_event, cl_int, void *);
    void *argument;
    cl_int status; // the one it was registered for
    struct event_callback *next;
};

struct kiln_event {
    struct object object;
    struct kiln_context *context;
    struct kiln_queue *queue; // NULL: a user event
    cl_command_type type;
    struct device_signal *signal; // ends when the command has
    struct track *track;          // of the queue, that the command is in; from submission on
    uint64_t queued, submitted;   // ns on device_clock; of commands in queues with profiling only
    uint64_t sequence;            // later ones in the track have larger ones; from submission on
    struct event_guards *guards;  // from submission on; NULL: none
    pthread_mutex_t lock;         // guards what follows
    bool is_submitted;            // the device has the command: packets may wait for the signal; of a user
                                  // event: its status is set
    bool notified;                // device_signal_notify was called for this event
    // By status: CL_COMPLETE, CL_RUNNING, CL_SUBMITTED; newest first.
    struct event_callback *callbacks[CL_QUEUED];
};

static inline struct kiln_event *event_from(cl_event handle) { return (struct kiln_event *)handle; }
static inline cl_event event_handle(const struct kiln_event *event) { return (cl_event)(uintptr_t)event; }
static inline bool event_is(cl_event handle) { return object_is(handle, OBJECT_EVENT); }

// An event of a command (queue given) or a user event (queue NULL). One reference.
cl_int event_create(struct kiln_context *, struct kiln_queue *, cl_command_type, struct kiln_event **);
void event_retain(struct kiln_event *);
void event_release(struct kiln_event *);

// 1: not ended. CL_COMPLETE or the error: how it ended.
cl_int event_result(const struct kiln_event *);

// CL_QUEUED, CL_SUBMITTED, CL_RUNNING, CL_COMPLETE or the error.
cl_int event_status(struct kiln_event *);

// The command is about to be given to the device, with the queue's lock held: notes the time, the track, and
// what it depends on.
cl_int event_submitting(struct kiln_event *, struct track *, unsigned wait_count,
                        struct kiln_event *const *wait);

// The device has the command now, or never will: its signal has ended.
void event_submitted(struct kiln_event *);

// Whether a device packet can wait for it, or need not: it is submitted or has ended.
bool event_is_known(struct kiln_event *);

// The wait list of a command: CL_INVALID_EVENT_WAIT_LIST or CL_INVALID_CONTEXT where something is wrong with
// it.
cl_int event_list_check(const struct kiln_context *, cl_uint count, const cl_event *events);
