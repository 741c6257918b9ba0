// Storage that a context's buffers and mappings have given back, kept for a while for its next ones of about
// that size: allocating takes much longer than all else in creating a buffer, and touching memory for the
// first time longer than a copy. It is never another context's, which could read there what was left.
#pragma once

#include "device/device.h"

#include <pthread.h>

enum {
    STORAGE_GRANULE = 4096,      // bytes that kept storage's size is a multiple of
    STORAGE_KEPT_MAX = 32,       // allocations
    STORAGE_KEPT_SIZE = 4 << 20, // bytes of the largest that is kept (of the host's: what all may have), …
    STORAGE_KEPT_ALL = 32 << 20, // … and of all of them
};

struct storage_pool {
    pthread_mutex_t lock; // guards what follows
    unsigned count;
    size_t bytes; // of all
    struct kept_storage {
        struct device_memory *memory;
        size_t size;
        enum device_memory_kind kind;
    } kept[STORAGE_KEPT_MAX]; // oldest first
};

void storage_pool_init(struct storage_pool *);
void storage_pool_destroy(struct storage_pool *);

// The size that storage has to be created with so that it can be kept; 0: such storage is not kept.
size_t storage_pool_size(size_t size, enum device_memory_kind);
// Some of this size (storage_pool_size); NULL: there is none.
struct device_memory *storage_pool_take(struct storage_pool *, size_t size, enum device_memory_kind);
// Keeps what was created for `size` bytes, or destroys it.
void storage_pool_give(struct storage_pool *, struct device_memory *, size_t size, enum device_memory_kind);
// Destroys what is kept. False: nothing was.
bool storage_pool_empty(struct storage_pool *);
