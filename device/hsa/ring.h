// The packets of one HSA queue, and the kernel argument memory they refer to.
//
// Packets are grouped in epochs. Each epoch ends with a barrier packet that has a signal; once that is 0, the
// epoch's slots and its argument memory are free again. So no packet needs a signal for our sake, and waiting
// for room sleeps.
#pragma once

#include "argument_chunk.h"
#include "queue_pool.h"

struct device_signal;

#define BARRIER_SIGNALS 5 // that one barrier packet waits for

struct ring_epoch {
    struct ring_epoch *next;
    struct device_signal *signal;
    uint64_t end; // index after the last packet
    struct argument_chunk *chunks;
};

struct ring {
    struct pooled_queue *pooled;
    hsa_queue_t *hsa;          // pooled's
    uint64_t written, retired; // packet indices: next to write, first that may still be in use
    // Indices of the first packet of the epoch being written, and behind the last.
    uint64_t epoch_start, epoch_end;
    struct ring_epoch *first, **last;
    struct ring_epoch *closing;    // will be that of the packets being written; made beforehand
    struct argument_chunk *chunks; // of the epoch being written; the first has room
    struct argument_chunk *spare;
    uint64_t *kernels; // per slot: the kernel's object, 0 for a barrier
};

// Opens a ring on an HSA queue for the owner. False: out of memory or queues.
bool ring_open(struct ring *, struct device *, const struct queue_owner *owner,
               const struct device_queue_options *);
// The signal of all packets, retained; NULL where all have ended. Nothing may be reserved any more. *added: a
// packet was written, in the slot that is always left, which ends it.
struct device_signal *ring_end(struct ring *, bool *added);
// All packets have ended, the epochs' too, or the queue is dead: none will run any more.
void ring_close(struct ring *, bool dead);

// The last slot is always left for a packet that ends the epoch.
static inline bool ring_packets_fit(const struct ring *ring, unsigned packets)
{
    return ring->written - ring->retired + packets + 1 <= ring->hsa->size;
}

static inline bool ring_arguments_fit(const struct ring *ring, size_t size)
{
    return !size || (ring->chunks && ring->chunks->size - ring->chunks->used >= size);
}

// As many packets as are reserved at once without waiting for most of the ring.
static inline unsigned ring_packets_most(const struct ring *ring) { return ring->hsa->size / 4; }

// Whether that many packets and bytes of arguments fit with nothing to be done first.
static inline bool ring_has_room(const struct ring *ring, unsigned packets, size_t size)
{
    return ring->written < ring->epoch_end && ring_packets_fit(ring, packets) &&
           ring_arguments_fit(ring, size);
}

// Makes room for `packets` packets and `size` bytes of arguments. When they do not fit right now, *full is
// the signal to sleep for (retained), NULL otherwise; call again after it. Packets must be fewer than half
// the ring. *closed: the signal of an epoch that this call ended (retained, also when it fails); NULL if
// none.
cl_int ring_reserve(struct ring *, unsigned packets, size_t size, struct device_signal **full,
                    struct device_signal **closed);

// Of the HSA queue: device_queue_addresses.
struct device_queue_addresses ring_addresses(const struct ring *);

// Memory for one packet's arguments, until the packet's epoch has ended. It was reserved.
void *ring_arguments(struct ring *, size_t size);

// A packet that ends after all earlier ones and after the `count` (up to BARRIER_SIGNALS) signals; `done`
// NULL: no signal.
void ring_barrier(struct ring *, struct device_signal *const *wait, unsigned count,
                  struct device_signal *done);

// `arguments` are in argument memory.
void ring_dispatch(struct ring *, const struct device_dispatch *, const void *arguments,
                   struct device_signal *done);

// Fills in a dispatch's packet but for its first four bytes, which it returns, and with no completion signal.
uint32_t ring_packet_make(hsa_kernel_dispatch_packet_t *, const struct device_dispatch *,
                          const void *arguments);

// Packets that are made already, with their first four bytes: up to as many as were reserved. The last one
// ends `done`.
void ring_packets(struct ring *, const hsa_kernel_dispatch_packet_t *, unsigned count,
                  struct device_signal *done);

// Has the packets so far carried out without further calls.
void ring_wake(const struct ring *);

// Whether the device is at the packet with this index, or was when it was asked.
bool ring_is_at(const struct ring *, uint64_t index);

// The object of the kernel whose packet the device was at; 0: it was none.
uint64_t ring_current_kernel(const struct ring *);
