#include "api/machinery/storage.h"

#include "api/cl_device.h"
#include "api/context.h"

#include <stdlib.h>
#include <string.h>

void storage_pool_init(struct storage_pool *pool) { pthread_mutex_init(&pool->lock, NULL); }

void storage_pool_destroy(struct storage_pool *pool)
{
    for (unsigned i = 0; i < pool->count; i++) device_memory_destroy(pool->kept[i].memory);
    pthread_mutex_destroy(&pool->lock);
}

static cl_int storage_allocate(const struct kiln_context *context, size_t size, enum device_memory_kind kind,
                               void *user, struct device_memory **storage)
{
    struct device **devices = calloc(context->device_count, sizeof(struct device *));
    if (!devices) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < context->device_count; i++) devices[i] = context->devices[i]->device;
    cl_int error = device_memory_create(devices, context->device_count, size, kind, user, storage);
    free(devices);
    return error;
}

// ---- The pool, with its lock held ---------------------------------------------------------------------

static struct device_memory *kept_remove(struct storage_pool *pool, unsigned index)
{
    struct kept_storage *place = &pool->kept[index], taken = *place;
    pool->count--;
    pool->bytes -= taken.size;
    memmove(place, place + 1, (pool->count - index) * sizeof *place);
    return taken.memory;
}

// The newest one of that size: its memory may still be in a cache.
static struct device_memory *kept_take(struct storage_pool *pool, size_t size)
{
    for (unsigned i = pool->count; i--;)
        if (pool->kept[i].size == size) return kept_remove(pool, i);
    return NULL;
}

static bool kept_fits(const struct storage_pool *pool, size_t size)
{
    return pool->count < STORAGE_KEPT_MAX && pool->bytes + size <= STORAGE_KEPT_ALL;
}

// ---- Taking and giving --------------------------------------------------------------------------------

// The size of the storage that a buffer gets; 0: none that is kept.
static size_t kept_size(size_t size, enum device_memory_kind kind)
{
    if (kind != DEVICE_MEMORY_LOCAL || size > STORAGE_KEPT_SIZE) return 0;
    return (size + STORAGE_GRANULE - 1) / STORAGE_GRANULE * STORAGE_GRANULE;
}

// Gives the device what is kept. False: nothing was.
static bool pool_empty(struct storage_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool any = pool->count;
    while (pool->count) device_memory_destroy(kept_remove(pool, pool->count - 1));
    pthread_mutex_unlock(&pool->lock);
    return any;
}

cl_int storage_create(struct kiln_context *context, size_t size, enum device_memory_kind kind, void *user,
                      struct device_memory **storage)
{
    struct storage_pool *pool = &context->storage;
    size_t rounded = kept_size(size, kind);
    *storage = NULL;
    if (rounded) {
        pthread_mutex_lock(&pool->lock);
        *storage = kept_take(pool, rounded);
        pthread_mutex_unlock(&pool->lock);
        size = rounded;
    }
    if (*storage) return CL_SUCCESS;
    cl_int error = storage_allocate(context, size, kind, user, storage);
    return error && pool_empty(pool) ? storage_allocate(context, size, kind, user, storage) : error;
}

void storage_release(struct kiln_context *context, struct device_memory *storage, size_t size,
                     enum device_memory_kind kind)
{
    struct storage_pool *pool = &context->storage;
    size = kept_size(size, kind);
    if (!size) {
        device_memory_destroy(storage);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    while (!kept_fits(pool, size)) device_memory_destroy(kept_remove(pool, 0));
    pool->kept[pool->count++] = (struct kept_storage){storage, size};
    pool->bytes += size;
    pthread_mutex_unlock(&pool->lock);
}
