#include "watch_heap.h"

#include "signal.h"

#include <stdlib.h>

static bool is_before(const struct device_signal *one, const struct device_signal *other)
{
    return one->sequence < other->sequence;
}

static bool heap_reserve(struct watch_heap *heap)
{
    if (heap->count < heap->capacity) return true;
    size_t capacity = heap->capacity ? heap->capacity * 2 : 16;
    struct device_signal **grown = realloc(heap->signals, capacity * sizeof(*grown));
    if (!grown) return false;
    heap->signals = grown;
    heap->capacity = capacity;
    return true;
}

bool watch_heap_add(struct watch_heap *heap, struct device_signal *signal)
{
    if (!heap_reserve(heap)) return false;
    device_signal_retain(signal);
    size_t place = heap->count++;
    for (; place && is_before(signal, heap->signals[(place - 1) / 2]); place = (place - 1) / 2)
        heap->signals[place] = heap->signals[(place - 1) / 2];
    heap->signals[place] = signal;
    return true;
}

struct device_signal *watch_heap_take(struct watch_heap *heap)
{
    struct device_signal *taken = heap->signals[0], *last = heap->signals[--heap->count];
    size_t place = 0;
    for (size_t child; (child = 2 * place + 1) < heap->count; place = child) {
        child += child + 1 < heap->count && is_before(heap->signals[child + 1], heap->signals[child]);
        if (!is_before(heap->signals[child], last)) break;
        heap->signals[place] = heap->signals[child];
    }
    heap->signals[place] = last;
    return taken;
}

void watch_heap_free(struct watch_heap *heap) { free(heap->signals); }
