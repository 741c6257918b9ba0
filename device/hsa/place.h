// Where the bytes lie that a command names by an address.
#pragma once

#include "queue.h"

struct place {
    const struct device *device; // whose own memory it is; NULL: the host's
    hsa_agent_t agent;           // the owner's
    bool pinned;                 // the copy engines reach it
    bool pageable;               // HSA knows nothing of it
    uint8_t *host;               // its first byte, for the host
    uint8_t *engine;             // … and for the engines
};

// `size` bytes from an address on, which is the devices' or the host's.
struct place place_find(const struct device *, const void *address, size_t size);
struct place place_at(const struct place *, size_t offset);

// Whether the host is to read or write there itself. `size` is that of the rows, and `limit` that of the
// largest that it does through a bus.
bool place_host_reaches(const struct place *, size_t size, size_t limit);

// Pins pageable memory for the time of a large copy: place_unlock ends that. False: it is small, partly known
// to HSA, or cannot be pinned.
bool place_lock(struct place *, hsa_agent_t, size_t size);
void place_unlock(const struct place *);

// The queue's staging memory, STAGING_SIZE bytes. Only its jobs use it, and they run one after the other.
cl_int staging_open(struct device_queue *, struct place *staging);
