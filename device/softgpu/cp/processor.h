// What the packet processors share: the queue they work for, and how they wait.
#pragma once

#include "device/softgpu/interpreter/interpreter.h"
#include "doorbell.h"
#include "queue.h"

#include <pthread.h>

enum { COSTS = 64 };

// How long a work-group of a kernel took, to tell which dispatches are worth waking other threads for.
struct cost {
    uint64_t kernel_object;
    uint64_t nanoseconds; // a work-group, running average; 0: not known
    unsigned unmeasured;  // dispatches since one was timed
};

struct queue {
    uint64_t id;
    enum queue_kind kind;
    const struct processor *processor;
    uint8_t *ring;
    uint64_t ring_size;
    volatile uint64_t *read, *write;
    uint64_t own_read, own_write; // SDMA's
    struct doorbell *doorbell;
    volatile int64_t *error_reason;
    uint32_t error_event;

    pthread_t thread;
    bool stop;      // the thread is to end
    bool suspended; // no packet may be begun
    bool failed;    // no packet will be begun again
    unsigned units; // compute units that may run its work-groups; 0: all
    bool cancel;    // work-groups that are running are to end early
    struct compute_unit
        *unit; // for work-groups that run on the thread that has the turn; made when first needed
    struct compute_unit *second_unit; // likewise: for who helps that thread, and is none of the pool's
    bool helped;                      // the second unit is in use
    bool has_guest;                   // a guest has the turn
    struct job *job;                  // that wants helpers (pool.c); NULL: none
    struct cost costs[COSTS];
    bool handlers_seen; // the process's fault handlers were ours since the queue was last empty

    char fault_text[240];
    size_t fault_length; // 0: no fault. Written last
};

// How a kind of queue works.
struct processor {
    const char *thread_name;
    // Whether the head of the ring holds something to process.
    bool (*ready)(const struct queue *queue);
    // Whether the packet at an index (written, and not retired yet) takes no longer than waking a thread
    // does, as far as is known.
    bool (*is_short)(const struct queue *queue, uint64_t index);
    // Whether a thread that waits for the packet may process it: then it waits for nothing else.
    bool (*is_for_guests)(const struct queue *queue, uint64_t index);
    // Processes the head, for the thread that has the turn. Sets queue->failed when the queue cannot go on.
    void (*step)(struct queue *queue);
};

extern const struct processor aql_processor, sdma_processor;

// Waits until `condition` holds, for what only memory tells. Returns false when the queue is to stop.
bool queue_wait_for(struct queue *queue, bool (*condition)(const void *), const void *of);

// Whether there is a packet to process, and the queue goes on.
bool queue_may_work(const struct queue *queue);

// Whether the queue's thread is to leave what it does.
bool queue_is_ending(const struct queue *queue);

// Puts the queue into error: keeps the text, and tells ROCr. `code` is one of the kernel driver's exception
// codes.
void queue_fail(struct queue *queue, unsigned code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
