// HSA queues that are kept for reuse.
//
// Making one takes longer than many programs' commands. And ROCr 5.2.3 can lose a wake-up in
// hsa_queue_destroy and then sleep for ever (all queues' internal signals share one auto-reset event), so
// that nobody's thread should depend on it.
#pragma once

#include "runtime.h"

struct pooled_queue {
    struct pooled_queue *next; // in device->idle
    struct device *device;
    struct device_queue *owner; // NULL while idle; guarded by device->mutex
    hsa_queue_t *hsa;
    struct softgpu_processor *processor; // NULL: on hardware
    enum device_queue_priority priority;
    struct device_units units; // that it is confined to
};

// A queue with no packets, for the owner, who gets its errors. NULL: out of memory or queues.
struct pooled_queue *queue_pool_take(struct device *, struct device_queue *owner,
                                     const struct device_queue_options *);

// Gives a queue back of which all packets have ended, or, when it is dead, none will run any more.
void queue_pool_give(struct pooled_queue *, bool dead);
