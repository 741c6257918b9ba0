// Events: a device signal with an OpenCL handle.
#pragma once

#include "api/context.h"
#include "api/machinery/event_callback.h"
#include "api/machinery/event_guard.h"
#include "api/object.h"
#include "device/device.h"

struct held_wait;

// What events know of the queue that their commands are in.
struct event_owner {
    struct object *queue;
    void (*release)(struct object *queue); // drops a reference
    struct device *clock;                  // that the commands' times are on; NULL: none are kept
};

// Where the device has the command.
struct event_place {
    struct device_queue *queue;
    uint64_t track;    // its number; 0: the device does not have the command yet
    uint64_t sequence; // later events of the track have larger ones
};

struct kiln_event {
    struct object object;
    struct kiln_context *context;
    const struct event_owner *owner; // retained; NULL: a user event
    cl_command_type type;
    struct device_signal *signal;        // ends when the command has
    struct event_place place;            // from submission on
    uint64_t queued, submitted;          // ns on device_clock; of commands in queues with profiling only
    struct event_guards *guards;         // from submission on; NULL: none
    _Atomic(struct held_wait *) waiting; // held commands that wait for it (held.c)
    pthread_mutex_t lock;                // guards what follows
    bool is_submitted; // packets may wait for the signal: the device has the command, or the status is set
    bool notified;     // device_signal_notify was called for this event
    struct event_callbacks callbacks;
};

static inline struct kiln_event *event_from(cl_event handle) { return (struct kiln_event *)handle; }
static inline cl_event event_handle(const struct kiln_event *event) { return (cl_event)(uintptr_t)event; }
static inline bool event_is(cl_event handle) { return object_is(handle, OBJECT_EVENT); }

// An event of a command (owner given) or a user event (owner NULL). One reference.
cl_int event_create(struct kiln_context *, const struct event_owner *, cl_command_type, struct kiln_event **);
void event_retain(struct kiln_event *);
void event_release(struct kiln_event *);

// 1: not ended. CL_COMPLETE or the error: how it ended.
cl_int event_result(const struct kiln_event *);

// CL_QUEUED, CL_SUBMITTED, CL_RUNNING, CL_COMPLETE or the error.
cl_int event_status(struct kiln_event *);

// The command is about to be given to the device, with the queue's lock held: notes the time, the place, and
// what it depends on.
cl_int event_submitting(struct kiln_event *, struct event_place, unsigned wait_count,
                        struct kiln_event *const *wait);

// The device has the command now, or never will: its signal has ended. Returns whether held commands wait for
// that (held_event_known).
bool event_submitted(struct kiln_event *);

// Whether a device packet can wait for it, or need not: it is submitted or has ended.
bool event_is_known(struct kiln_event *);
bool event_is_known_locked(const struct kiln_event *); // the same with its lock held

// The wait list of a command: CL_INVALID_EVENT_WAIT_LIST or CL_INVALID_CONTEXT where something is wrong with
// it.
cl_int event_list_check(const struct kiln_context *, cl_uint count, const cl_event *events);
