#include "code_cache.h"

#include "fault.h"
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
    pthread_mutex_t lock;    // over all below
    struct region **regions; // each held
    size_t region_count, region_size;
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

void code_cache_release(struct code_cache *cache)
{
    if (!cache || atomic_fetch_sub(&cache->references, 1) != 1) return;
    for (size_t i = 0; i < cache->region_count; i++) region_release(cache->regions[i]);
    pthread_mutex_destroy(&cache->lock);
    free(cache->regions);
    free(cache->entries);
    free(cache);
}

bool code_cache_current(const struct code_cache *cache) { return cache && cache == atomic_load(&current); }

static bool region_add(struct code_cache *cache, struct region *region)
{
    if (cache->region_count == cache->region_size) {
        size_t wanted = cache->region_size ? 2 * cache->region_size : 16;
        struct region **grown = realloc(cache->regions, wanted * sizeof(struct region *));
        if (!grown) return false;
        cache->regions = grown;
        cache->region_size = wanted;
    }
    cache->regions[cache->region_count++] = region;
    return true;
}

// --- Invalidation ---

// Marks the regions whose code has changed, or all. Returns whether there are any.
static bool regions_expire(const struct code_cache *cache, bool all)
{
    bool any = false;
    all |= !fault_handlers_install();
    for (size_t i = 0; i < cache->region_count; i++) {
        if (!all && region_unchanged(cache->regions[i])) continue;
        atomic_store_explicit(&cache->regions[i]->expired, true, memory_order_relaxed);
        any = true;
    }
    return any;
}

// With what has not expired. NULL when memory is short.
static struct code_cache *cache_renew(const struct code_cache *old)
{
    struct code_cache *cache = cache_create();
    for (size_t i = 0; i < old->region_count; i++) {
        struct region *region = old->regions[i];
        if (region_expired(region)) continue;
        if (cache && region_add(cache, region))
            region_hold(region);
        else
            atomic_store_explicit(&region->expired, true, memory_order_relaxed);
    }
    return cache;
}

static void invalidate(bool all)
{
    pthread_mutex_lock(&current_lock);
    struct code_cache *old = atomic_load(&current), *renewed = old;
    if (old) {
        pthread_mutex_lock(&old->lock);
        if (regions_expire(old, all)) renewed = all ? NULL : cache_renew(old);
        pthread_mutex_unlock(&old->lock);
        atomic_store(&current, renewed);
    }
    pthread_mutex_unlock(&current_lock);
    if (renewed != old) code_cache_release(old);
}

void interpreter_invalidate_code(void) { invalidate(false); }
void interpreter_forget_code(void) { invalidate(true); }

// --- Finding ---

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
    for (size_t i = 0; i < cache->region_count; i++) {
        struct region *region = cache->regions[i];
        const struct op *op = region->wave64 == wave64 ? region_find(region, pc) : NULL;
        if (op) return (struct found){op, region};
    }
    struct region *region = region_decode(pc, wave64);
    if (!region) return (struct found){0};
    if (!region_add(cache, region)) {
        region_release(region);
        return (struct found){0};
    }
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
