// The one way to enqueue anything.
#pragma once

#include "api/queue.h"
#include "device/device.h"

struct command_request {
    struct kiln_queue *queue;
    cl_command_type type;
    cl_uint wait_count;
    const cl_event *wait;
    cl_event *event;  // NULL: the application wants none
    cl_bool blocking; // return when the command has ended
};

// Gives a command to the device by device_queue_* calls, of which the last one ends `command->done`. May be
// called after the enqueuing function has returned: the payload holds all that it needs. Called with the
// queue's lock held, in the queue's order.
typedef cl_int command_submit_fn(void *payload, struct device_queue *, const struct device_command *command);

// Frees the payload and the references that it holds, once the command has ended, or at once where it is
// refused. May be NULL.
typedef void command_release_fn(void *payload);

// The checks that all clEnqueue* share, in the specification's order: CL_INVALID_COMMAND_QUEUE,
// CL_INVALID_EVENT_WAIT_LIST, CL_INVALID_CONTEXT. On success `request` is filled in.
cl_int command_request_init(struct command_request *request, cl_command_queue queue, cl_command_type type,
                            cl_uint wait_count, const cl_event *wait, cl_event *event);

// Enqueues. In every case the payload is the command's from here on: it is released, at the latest when the
// command has ended.
cl_int command_enqueue(const struct command_request *request, command_submit_fn *submit, void *payload,
                       command_release_fn *release);

// ---- For queue.c and event.c

// Gives the device what no longer needs to be held back, in all queues of the context: an event has ended.
void command_flush_held(struct kiln_context *);

// Releases the payloads of commands that have ended. Call without the queue's lock.
void command_reap(struct kiln_queue *);

// Releases the payloads of all commands: the device's queue is no more.
void command_destroy_all(struct kiln_queue *);

// Makes sure that all commands that the device has by now will run. Returns the queue's fault, if it has one.
cl_int command_flush(struct kiln_queue *);

// Sleeps until all commands that the device has by now have ended, and releases their payloads. Returns the
// queue's fault, if it has one.
cl_int command_finish(struct kiln_queue *);
