// Command queues. Commands go to the device as they are enqueued, except that a command
// that waits for an event which the device does not know yet (a user event, or a command held back itself) is
// held back on the host; and so is all that follows it in an in-order queue, and what has to wait for it in
// an out-of-order one.
#pragma once

#include "api/context.h"
#include "api/machinery/held.h"
#include "api/machinery/track.h"
#include "api/object.h"
#include "device/device.h"

#include <pthread.h>

struct kiln_queue {
    struct object object;
    struct kiln_context *context;
    struct kiln_device *device;
    cl_command_queue_properties properties;
    cl_queue_properties *property_list;
    size_t property_count;       // with the terminating 0; 0: none were given
    LIST_ENTRY(kiln_queue) link; // in the context's list, from its creation until its commands have ended
    struct event_owner owner;    // itself, for its commands' events
    struct queue_ending {
        struct later later;
        struct kiln_queue *queue;
    } ending;             // its destruction, once nothing refers to it and its commands have ended
    pthread_mutex_t lock; // guards what follows, and the order in which commands reach the tracks
    struct tracks tracks;
    struct held held; // not given to the device yet
};

static inline struct kiln_queue *queue_from(cl_command_queue handle) { return (struct kiln_queue *)handle; }
static inline cl_command_queue queue_handle(const struct kiln_queue *queue)
{
    return (cl_command_queue)(uintptr_t)queue;
}
static inline bool queue_is_out_of_order(const struct kiln_queue *queue)
{
    return queue->properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE;
}
static inline bool queue_is_profiled(const struct kiln_queue *queue)
{
    return queue->properties & CL_QUEUE_PROFILING_ENABLE;
}
static inline bool queue_is(cl_command_queue handle) { return object_is(handle, OBJECT_QUEUE); }

// Drops one reference. After the last one the commands under way go on and keep what they need, and the queue
// ends when they have.
void queue_release(struct kiln_queue *);

// ---- Without the lock ---------------------------------------------------------------------------------

// Releases the payloads of commands that have ended.
void queue_reap(struct kiln_queue *);

// Makes sure that all commands that the device has by now will run. Returns the queue's fault, if it has one.
cl_int queue_flush(struct kiln_queue *);

// Sleeps until all commands that the device has by now have ended, and releases their payloads. Returns the
// queue's fault, if it has one. *held: it held commands back, which are not among them.
cl_int queue_finish(struct kiln_queue *, bool *held);
