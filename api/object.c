// Live handles: a hash set in stripes, each with a lock of its own.
#include "api/object.h"

#include "icd/icd.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { STRIPES = 64, FIRST_CAPACITY = 16 };

struct entry {
    const void *handle; // NULL: free
    enum object_type type;
};

// Open addressing with linear probing, at most half full.
struct stripe {
    pthread_mutex_t lock;
    struct entry *entries;
    size_t capacity, count;
};

static struct stripe stripes[STRIPES] = {[0 ... STRIPES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static uint64_t handle_hash(const void *handle)
{
    return ((uintptr_t)handle >> 4) * UINT64_C(0x9e3779b97f4a7c15);
}
static struct stripe *stripe_of(const void *handle) { return &stripes[handle_hash(handle) >> 58]; }

// Where the handle is, or the free entry where it would be. The stripe has entries.
static struct entry *entry_find(const struct stripe *stripe, const void *handle)
{
    size_t i = handle_hash(handle) >> 20 & (stripe->capacity - 1);
    while (stripe->entries[i].handle && stripe->entries[i].handle != handle)
        i = (i + 1) & (stripe->capacity - 1);
    return &stripe->entries[i];
}

static void stripe_grow(struct stripe *stripe)
{
    struct stripe larger = {.capacity = stripe->capacity ? stripe->capacity * 2 : FIRST_CAPACITY};
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (!larger.entries) abort(); // a few hundred bytes: nothing can go on without them
    for (size_t i = 0; i < stripe->capacity; i++)
        if (stripe->entries[i].handle) *entry_find(&larger, stripe->entries[i].handle) = stripe->entries[i];
    free(stripe->entries);
    stripe->entries = larger.entries;
    stripe->capacity = larger.capacity;
}

// Empties an entry and moves those behind it that probing would not find any more.
static void entry_remove(struct stripe *stripe, struct entry *entry)
{
    size_t mask = stripe->capacity - 1, i = (size_t)(entry - stripe->entries);
    entry->handle = NULL;
    stripe->count--;
    for (i = (i + 1) & mask; stripe->entries[i].handle; i = (i + 1) & mask) {
        struct entry moved = stripe->entries[i];
        stripe->entries[i].handle = NULL;
        *entry_find(stripe, moved.handle) = moved;
    }
}

void object_init(struct object *object, enum object_type type)
{
    icd_object_init(object);
    atomic_init(&object->references, 1);
    atomic_init(&object->handles, 1);
    struct stripe *stripe = stripe_of(object);
    pthread_mutex_lock(&stripe->lock);
    if (stripe->count * 2 >= stripe->capacity) stripe_grow(stripe);
    *entry_find(stripe, object) = (struct entry){object, type};
    stripe->count++;
    pthread_mutex_unlock(&stripe->lock);
}

bool object_is(const void *handle, enum object_type type)
{
    if (!handle) return false;
    struct stripe *stripe = stripe_of(handle);
    pthread_mutex_lock(&stripe->lock);
    const struct entry *entry = stripe->count ? entry_find(stripe, handle) : NULL;
    bool is = entry && entry->handle && entry->type == type;
    pthread_mutex_unlock(&stripe->lock);
    return is;
}

void object_retain(struct object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void object_retain_handle(struct object *object)
{
    atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
    object_retain(object);
}

bool object_release_handle(struct object *object)
{
    uint32_t handles = atomic_load_explicit(&object->handles, memory_order_relaxed);
    while (handles)
        if (atomic_compare_exchange_weak_explicit(&object->handles, &handles, handles - 1,
                                                  memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

bool object_release(struct object *object)
{
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1) return false;
    struct stripe *stripe = stripe_of(object);
    pthread_mutex_lock(&stripe->lock);
    entry_remove(stripe, entry_find(stripe, object));
    pthread_mutex_unlock(&stripe->lock);
    return true;
}
