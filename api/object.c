// Live handles: a hash set in stripes, each with a lock of its own.
#include "api/object.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { STRIPES = 64, FIRST_CAPACITY = 16 };

// A live handle and, in the bits that its alignment leaves, its type; 0: free.
typedef _Atomic(uintptr_t) entry;

// Open addressing with linear probing, at most half full. A larger table keeps the one it replaces: somebody
// may be looking.
struct table {
    struct table *older;
    size_t mask; // of an index: one less than there are entries
    size_t count;
    entry entries[];
};

// Looking up takes no lock. What is found is live; where nothing is, it is looked for again with the lock
// when the sequence changed meanwhile.
struct stripe {
    pthread_mutex_t lock;
    _Atomic(uint64_t) sequence; // odd: being changed
    _Atomic(struct table *) table;
};

static struct stripe stripes[STRIPES] = {[0 ... STRIPES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static uintptr_t entry_handle(uintptr_t value) { return value & ~(uintptr_t)(OBJECT_ALIGNMENT - 1); }

static uint64_t handle_hash(uintptr_t handle) { return (handle >> 4) * UINT64_C(0x9e3779b97f4a7c15); }
static struct stripe *stripe_of(uintptr_t handle) { return &stripes[handle_hash(handle) >> 58]; }

// Where the handle is, or the free entry where it would be.
static entry *entry_find(struct table *table, uintptr_t handle)
{
    size_t i = handle_hash(handle) >> 20 & table->mask;
    for (uintptr_t found; (found = atomic_load_explicit(&table->entries[i], memory_order_relaxed)) &&
                          entry_handle(found) != handle;)
        i = (i + 1) & table->mask;
    return &table->entries[i];
}

static void entry_set(entry *place, uintptr_t value)
{
    atomic_store_explicit(place, value, memory_order_relaxed);
}

static void table_copy(struct table *to, const struct table *from)
{
    for (size_t i = 0; i <= from->mask; i++) {
        uintptr_t value = from->entries[i];
        if (value) entry_set(entry_find(to, entry_handle(value)), value);
    }
    to->count = from->count;
}

// The stripe's table, with room for one more; NULL: out of memory. With the lock held.
static struct table *table_reserve(struct stripe *stripe)
{
    struct table *table = stripe->table;
    if (table && table->count * 2 <= table->mask) return table;
    size_t capacity = table ? (table->mask + 1) * 2 : FIRST_CAPACITY;
    struct table *larger = calloc(1, sizeof *larger + capacity * sizeof *larger->entries);
    if (!larger) return NULL;
    larger->mask = capacity - 1;
    larger->older = table;
    if (table) table_copy(larger, table);
    atomic_store_explicit(&stripe->table, larger, memory_order_release);
    return larger;
}

static void stripe_begin(struct stripe *stripe)
{
    pthread_mutex_lock(&stripe->lock);
    atomic_fetch_add(&stripe->sequence, 1);
}

static void stripe_end(struct stripe *stripe)
{
    atomic_fetch_add(&stripe->sequence, 1);
    pthread_mutex_unlock(&stripe->lock);
}

// Empties an entry and moves those behind it that probing would not find any more.
static void entry_remove(struct table *table, entry *place)
{
    size_t mask = table->mask, i = (size_t)(place - table->entries);
    uintptr_t value;
    entry_set(place, 0);
    table->count--;
    for (i = (i + 1) & mask; (value = table->entries[i]); i = (i + 1) & mask) {
        entry_set(&table->entries[i], 0);
        entry_set(entry_find(table, entry_handle(value)), value);
    }
}

static _Atomic(void *) loader_data;

void object_loader_data_set(void *data) { loader_data = data; }

bool object_init(struct object *object, enum object_type type)
{
    object->dispatch = object_dispatch;
    object->loader_data = loader_data;
    atomic_init(&object->references, 1);
    atomic_init(&object->handles, 1);
    struct stripe *stripe = stripe_of((uintptr_t)object);
    stripe_begin(stripe);
    struct table *table = table_reserve(stripe);
    if (table) {
        entry_set(entry_find(table, (uintptr_t)object), (uintptr_t)object | type);
        table->count++;
    }
    stripe_end(stripe);
    return table;
}

static bool table_has(const struct table *table, uintptr_t handle, enum object_type type)
{
    uintptr_t wanted = handle | type, found;
    if (!table) return false;
    size_t i = handle_hash(handle) >> 20 & table->mask;
    while ((found = atomic_load_explicit(&table->entries[i], memory_order_relaxed)) && found != wanted)
        i = (i + 1) & table->mask;
    return found;
}

// What was not found: is it so? `before`: the stripe's sequence when the search began.
__attribute__((cold)) static bool table_has_still(struct stripe *stripe, uint64_t before, uintptr_t handle,
                                                  enum object_type type)
{
    atomic_thread_fence(memory_order_acquire);
    if (!(before & 1) && before == atomic_load_explicit(&stripe->sequence, memory_order_relaxed))
        return false;
    pthread_mutex_lock(&stripe->lock);
    bool is = table_has(stripe->table, handle, type);
    pthread_mutex_unlock(&stripe->lock);
    return is;
}

bool object_is(const void *object, enum object_type type)
{
    uintptr_t handle = (uintptr_t)object;
    if (entry_handle(handle) != handle) return false;
    struct stripe *stripe = stripe_of(handle);
    uint64_t before = atomic_load_explicit(&stripe->sequence, memory_order_acquire);
    return table_has(atomic_load_explicit(&stripe->table, memory_order_acquire), handle, type) ||
           table_has_still(stripe, before, handle, type);
}

void object_retain(struct object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

// From any number but 0 to one more, or less.
static bool count_change(_Atomic(uint32_t) *count, uint32_t by)
{
    uint32_t now = atomic_load_explicit(count, memory_order_relaxed);
    while (now)
        if (atomic_compare_exchange_weak_explicit(count, &now, now + by, memory_order_relaxed,
                                                  memory_order_relaxed))
            return true;
    return false;
}

bool object_retain_live(struct object *object) { return count_change(&object->references, 1); }

void object_retain_handle(struct object *object)
{
    atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
    object_retain(object);
}

bool object_release_handle(struct object *object) { return count_change(&object->handles, UINT32_MAX); }

bool object_release(struct object *object)
{
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1) return false;
    struct stripe *stripe = stripe_of((uintptr_t)object);
    stripe_begin(stripe);
    entry_remove(stripe->table, entry_find(stripe->table, (uintptr_t)object));
    stripe_end(stripe);
    return true;
}
