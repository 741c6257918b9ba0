// Where a context's buffers lie. Storage of the device's own memory that is given back is kept for a while,
// for the context's next buffer of about that size: allocating takes much longer than all else in creating a
// buffer. It is never another context's, which could read there what was left.
#pragma once

#include "device/device.h"

#include <pthread.h>

struct kiln_context;

enum {
    STORAGE_GRANULE = 4096,      // bytes that kept storage's size is a multiple of
    STORAGE_KEPT_MAX = 32,       // allocations
    STORAGE_KEPT_SIZE = 4 << 20, // bytes of the largest that is kept, …
    STORAGE_KEPT_ALL = 32 << 20, // … and of all of them
};

struct storage_pool {
    pthread_mutex_t lock; // guards what follows
    unsigned count;
    size_t bytes; // of all
    struct kept_storage {
        struct device_memory *memory;
        size_t size;
    } kept[STORAGE_KEPT_MAX]; // oldest first
};

void storage_pool_init(struct storage_pool *);
void storage_pool_destroy(struct storage_pool *);

// Storage that all devices of a context reach. `user`: DEVICE_MEMORY_USER's pages, else NULL.
cl_int storage_create(struct kiln_context *, size_t size, enum device_memory_kind, void *user,
                      struct device_memory **);

// Gives it back: size and kind are those that it was created with. (device_memory_destroy does, too, and
// keeps nothing.)
void storage_release(struct kiln_context *, struct device_memory *, size_t size, enum device_memory_kind);
