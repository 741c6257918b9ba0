// Command queues. Commands go to the device as they are enqueued, except that a command
// that waits for an event which the device does not know yet (a user event, or a command held back itself) is
// held back on the host; and so is all that follows it in an in-order queue, and what has to wait for it in
// an out-of-order one.
#pragma once

#include "api/context.h"
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
    size_t property_count; // with the terminating 0; 0: none were given
    enum device_queue_priority priority;
    pthread_mutex_t lock; // guards what follows, and the order in which commands reach the tracks
    struct track tracks[TRACKS_MAX];
    unsigned track_count;          // opened, at least one
    unsigned next_track;           // that got the last command when all were busy
    struct device_signal *barrier; // of an out-of-order queue: the last barrier's, retained; NULL: none yet
    // Not given to the device yet. While there are some, the queue is in context->held_queues.
    struct command_list held;
    unsigned held_barriers; // among them
    struct kiln_queue *next_held;
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

void queue_retain(struct kiln_queue *);
void queue_release(struct kiln_queue *);
