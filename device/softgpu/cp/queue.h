// The device's queues: a ring of packets and a thread that processes them, one after the other.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

enum queue_kind { QUEUE_AQL, QUEUE_SDMA };

struct queue_setup {
    enum queue_kind kind;
    void *ring;
    uint64_t ring_size; // bytes, a power of two
    // AQL only: where the indices (of packets, counted from the queue's creation) are, and where an error is
    // to be told: bits set in *error_reason, then event `error_event` raised. error_reason may be NULL.
    volatile uint64_t *read, *write;
    volatile int64_t *error_reason;
    uint32_t error_event;
};

// Starts and stops the device as a whole. Stopping ends all queues, kernels that are running included.
bool queues_start(void); // false when threads or memory are short
void queues_stop(void);
void queues_reset_after_fork(void);

// Creates a queue that processes packets at once. NULL when threads or memory are short.
struct queue *queue_create(const struct queue_setup *setup);
uint64_t queue_id(const struct queue *queue);
uint64_t *queue_doorbell(const struct queue *queue);
// Of an SDMA queue: its indices in bytes, counted from the queue's creation.
void queue_pointers(struct queue *queue, uint64_t **read, uint64_t **write);

// These return false for an id that names no queue.
bool queue_confine(uint64_t id, unsigned units); // to so many compute units, which are threads
bool queue_suspend(uint64_t id, bool suspended); // a packet that is being processed ends first
bool queue_destroy(uint64_t id);                 // ends a kernel that is running
