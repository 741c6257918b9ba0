#include "code_cache.h"

#include "region.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

// Addresses that have been looked up; open addressing, at most half full.
struct entry {
    uint64_t key; // address, bit 0: wave64; 0 where free
    struct found found;
};

struct code_cache {
    atomic_uint references;
    pthread_mutex_t lock; // over all below
    struct region *regions;
    struct entry *entries;
    size_t entry_count, entry_size;
};

static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct code_cache *) current; // holds one reference

static struct code_cache *cache_create(void)
{
    struct code_cache *cache = calloc(1, sizeof *cache);
    if (!cache) return NULL;
    atomic_init(&cache->references, 1);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

struct code_cache *code_cache_acquire(void)
{
    pthread_mutex_lock(&current_lock);
    struct code_cache *cache = atomic_load(&current);
    if (!cache) {
        cache = cache_create();
        atomic_store(&current, cache);
    }
    if (cache) atomic_fetch_add(&cache->references, 1);
    pthread_mutex_unlock(&current_lock);
    return cache;
}

void code_cache_hold(struct code_cache *cache) { atomic_fetch_add(&cache->references, 1); }

void code_cache_release(struct code_cache *cache)
{
    if (!cache || atomic_fetch_sub(&cache->references, 1) != 1) return;
    for (struct region *region = cache->regions, *next; region; region = next) {
        next = region->next;
        region_free(region);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache->entries);
    free(cache);
}

bool code_cache_current(const struct code_cache *cache) { return cache && cache == atomic_load(&current); }

void interpreter_invalidate_code(void)
{
    pthread_mutex_lock(&current_lock);
    struct code_cache *old = atomic_exchange(&current, NULL);
    pthread_mutex_unlock(&current_lock);
    code_cache_release(old);
}

static struct entry *entry_at(const struct code_cache *cache, uint64_t key)
{
    size_t mask = cache->entry_size - 1, i = (size_t)((key >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (cache->entries[i].key && cache->entries[i].key != key) i = (i + 1) & mask;
    return &cache->entries[i];
}

static bool entries_grow(struct code_cache *cache)
{
    struct code_cache grown = {.entry_size = cache->entry_size ? cache->entry_size * 2 : 256};
    grown.entries = calloc(grown.entry_size, sizeof *grown.entries);
    if (!grown.entries) return false;
    for (size_t i = 0; i < cache->entry_size; i++) {
        if (cache->entries[i].key) *entry_at(&grown, cache->entries[i].key) = cache->entries[i];
    }
    free(cache->entries);
    cache->entries = grown.entries;
    cache->entry_size = grown.entry_size;
    return true;
}

static struct found op_find(struct code_cache *cache, uint64_t pc, bool wave64)
{
    for (struct region *region = cache->regions; region; region = region->next) {
        const struct op *op = region->wave64 == wave64 ? region_find(region, pc) : NULL;
        if (op) return (struct found){op, region};
    }
    struct region *region = region_decode(pc, wave64);
    if (!region) return (struct found){0};
    region->cache = cache;
    region->next = cache->regions;
    cache->regions = region;
    return (struct found){region_find(region, pc), region};
}

struct found code_cache_find(struct code_cache *cache, uint64_t pc, bool wave64)
{
    uint64_t key = pc << 1 | wave64; // no instruction lies in the upper half of the address space
    if (key == 0) key = UINT64_MAX;
    pthread_mutex_lock(&cache->lock);
    struct found found = {0};
    if (2 * cache->entry_count < cache->entry_size || entries_grow(cache)) {
        struct entry *entry = entry_at(cache, key);
        if (!entry->key) {
            found = op_find(cache, pc, wave64);
            if (found.op) {
                *entry = (struct entry){key, found};
                cache->entry_count++;
            }
        } else {
            found = entry->found;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}
