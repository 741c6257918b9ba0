#include "api/machinery/storage_pool.h"

#include <string.h>

void storage_pool_init(struct storage_pool *pool) { pthread_mutex_init(&pool->lock, NULL); }

void storage_pool_destroy(struct storage_pool *pool)
{
    for (unsigned i = 0; i < pool->count; i++) device_memory_destroy(pool->kept[i].memory);
    pthread_mutex_destroy(&pool->lock);
}

// ---- With its lock held -------------------------------------------------------------------------------

static struct device_memory *kept_remove(struct storage_pool *pool, unsigned index)
{
    struct kept_storage *place = &pool->kept[index], taken = *place;
    pool->count--;
    pool->bytes -= taken.size;
    memmove(place, place + 1, (pool->count - index) * sizeof *place);
    return taken.memory;
}

// The newest one of that size: its memory may still be in a cache.
static struct device_memory *kept_take(struct storage_pool *pool, size_t size, enum device_memory_kind kind)
{
    for (unsigned i = pool->count; i--;)
        if (pool->kept[i].size == size && pool->kept[i].kind == kind) return kept_remove(pool, i);
    return NULL;
}

static bool kept_fits(const struct storage_pool *pool, size_t size)
{
    return pool->count < STORAGE_KEPT_MAX && pool->bytes + size <= STORAGE_KEPT_ALL;
}

// ---- Taking and giving --------------------------------------------------------------------------------

size_t storage_pool_size(size_t size, enum device_memory_kind kind)
{
    if (kind == DEVICE_MEMORY_USER || kind == DEVICE_MEMORY_FOREIGN) return 0;
    if (size > (kind == DEVICE_MEMORY_HOST ? STORAGE_KEPT_ALL : STORAGE_KEPT_SIZE)) return 0;
    return (size + STORAGE_GRANULE - 1) / STORAGE_GRANULE * STORAGE_GRANULE;
}

struct device_memory *storage_pool_take(struct storage_pool *pool, size_t size, enum device_memory_kind kind)
{
    pthread_mutex_lock(&pool->lock);
    struct device_memory *storage = kept_take(pool, size, kind);
    pthread_mutex_unlock(&pool->lock);
    return storage;
}

void storage_pool_give(struct storage_pool *pool, struct device_memory *storage, size_t size,
                       enum device_memory_kind kind)
{
    size = storage_pool_size(size, kind);
    if (!size) {
        device_memory_destroy(storage);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    while (!kept_fits(pool, size)) device_memory_destroy(kept_remove(pool, 0));
    pool->kept[pool->count++] = (struct kept_storage){storage, size, kind};
    pool->bytes += size;
    pthread_mutex_unlock(&pool->lock);
}

bool storage_pool_empty(struct storage_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool any = pool->count;
    while (pool->count) device_memory_destroy(kept_remove(pool, pool->count - 1));
    pthread_mutex_unlock(&pool->lock);
    return any;
}
