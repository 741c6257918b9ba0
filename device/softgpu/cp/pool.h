// The threads that run work-groups. All queues share them; a queue's own thread helps with its dispatch.
#pragma once

#include "processor.h"

bool pool_start(void); // the threads themselves start when there first is work for them
void pool_stop(void);  // no dispatch may be running
void pool_reset_after_fork(void);

enum pool_result {
    POOL_DONE,
    POOL_CANCELLED, // queue->cancel was set
    POOL_FAULT,
    POOL_NO_MEMORY, // not even one compute unit could be made
};

// Whether all work-groups of the dispatch packet (an hsa_kernel_dispatch_packet_t) together take no longer
// than waking a thread does, by what the kernel's took before. Callable from any thread.
bool pool_is_short(const struct queue *queue, const void *packet);

// Helps the thread that has the queue's turn with its dispatch, until no work-group is left to take. False:
// there is none to help with, or another thread does.
bool pool_help(struct queue *queue);

// Runs all work-groups of the dispatch; returns when none of them runs any more.
enum pool_result pool_run(struct queue *queue, const struct dispatch *dispatch, struct fault *fault);
