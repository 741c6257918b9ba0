// Signals of one queue that somebody wants to hear of: a binary heap, the earliest command's first.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct device_signal;

struct watch_heap {
    struct device_signal **signals; // retained; each at or after the one at half its place
    size_t count, capacity;
};

// Retains the signal. False: out of memory.
bool watch_heap_add(struct watch_heap *, struct device_signal *);

// The first one; NULL: there is none.
static inline struct device_signal *watch_heap_first(const struct watch_heap *heap)
{
    return heap->count ? heap->signals[0] : NULL;
}

// Takes off the first one, of those there are; the reference is the caller's.
struct device_signal *watch_heap_take(struct watch_heap *);

// Frees what it took for itself. It is empty.
void watch_heap_free(struct watch_heap *);
