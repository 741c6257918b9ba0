// Command queues. All are in-order. Commands go to the device as they are enqueued, except that a command
// that waits for an event which the device does not know yet (a user event, or a command held back itself) is
// held back on the host, and so is all that follows it in its queue.
#pragma once

#include "api/context.h"
#include "api/object.h"
#include "device/device.h"

#include <pthread.h>

struct command;

struct command_list {
    struct command *first, *last;
    unsigned count;
};

struct kiln_queue {
    struct object object;
    struct kiln_context *context;
    struct kiln_device *device;
    struct device_queue *device_queue;
    uint64_t number; // no other queue of the process has it
    cl_command_queue_properties properties;
    cl_queue_properties *property_list;
    size_t property_count; // with the terminating 0; 0: none were given
    pthread_mutex_t lock;  // guards what follows, and the order in which commands reach device_queue
    // Not given to the device yet. While there are some, the queue is in context->held_queues.
    struct command_list held;
    struct command_list under_way; // given to the device, not known to have ended
    uint64_t sequence;             // of the last event submitted
    struct kiln_queue *next_held;
};

static inline struct kiln_queue *queue_from(cl_command_queue handle) { return (struct kiln_queue *)handle; }
static inline cl_command_queue queue_handle(const struct kiln_queue *queue)
{
    return (cl_command_queue)(uintptr_t)queue;
}
static inline bool queue_is(cl_command_queue handle) { return object_is(handle, OBJECT_QUEUE); }

void command_queue_retain(struct kiln_queue *);
void command_queue_release(struct kiln_queue *);
