// HSA queues that are kept for reuse.
//
// Making one takes longer than many programs' commands. And ROCr 5.2.3 can lose a wake-up in
// hsa_queue_destroy and then sleep for ever (all queues' internal signals share one auto-reset event), so
// that nobody's thread should depend on it: a few threads of the pool's own destroy what is dead or too many.
// Were there one for each queue, they would keep the processors from ROCr's one event thread, which all of
// them wait for.
#pragma once

#include "runtime.h"

#define QUEUE_PACKETS 8192 // at most

// Who uses a queue, and is told of its errors.
struct queue_owner {
    struct device_queue *queue;
    bool (*retain)(struct device_queue *); // unless it is being freed
    // An error of the HSA queue's, on ROCr's event thread. The reference is the function's.
    void (*error)(struct device_queue *, hsa_status_t, hsa_queue_t *);
};

struct pooled_queue {
    struct pooled_queue *next; // in device->idle or device->dead
    struct device *device;
    const struct queue_owner *owner; // NULL while idle; guarded by device->mutex
    hsa_queue_t *hsa;
    struct softgpu_processor *processor; // NULL: on hardware
    enum device_queue_priority priority;
    struct device_units units; // that it is confined to
};

// A queue with no packets, for the owner (which stays where it is until the queue is given back). NULL: out
// of memory or queues.
struct pooled_queue *queue_pool_take(struct device *, const struct queue_owner *owner,
                                     const struct device_queue_options *);

// Gives a queue back of which all packets have ended, or, when it is dead, none will run any more.
void queue_pool_give(struct pooled_queue *, bool dead);
