#include "api/machinery/recycle.h"

#include <pthread.h>
#include <stdlib.h>

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
void *recycle_take(size_t size) { return malloc(size); }
void recycle_give(void *memory, size_t size)
{
    (void)size;
    free(memory);
}
#else

enum { GRANULE = 128, CLASSES = 6, KEPT_MAX = 2048 }; // bytes; sizes up to CLASSES * GRANULE; blocks of each

struct block {
    struct block *next;
};

struct shelf {
    struct block *first;
    unsigned count;
};

static _Thread_local struct shelves {
    struct shelf shelves[CLASSES];
    enum { NEW, KEPT, NOT_KEPT } state; // of the thread's list: NOT_KEPT when nobody would free it
} own;

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static int key_error;

static void shelves_free(void *of)
{
    struct shelves *shelves = of;
    shelves->state = NOT_KEPT; // destructors of other keys may give back some more
    for (unsigned i = 0; i < CLASSES; i++)
        for (struct block *block = shelves->shelves[i].first, *next; block; block = next) {
            next = block->next;
            free(block);
        }
    for (unsigned i = 0; i < CLASSES; i++) shelves->shelves[i] = (struct shelf){0};
}

static void key_create(void) { key_error = pthread_key_create(&key, shelves_free); }

static void shelves_keep(struct shelves *shelves)
{
    pthread_once(&key_once, key_create);
    shelves->state = key_error || pthread_setspecific(key, shelves) ? NOT_KEPT : KEPT;
}

static size_t class_of(size_t size) { return (size - 1) / GRANULE; }

void *recycle_take(size_t size)
{
    size_t class = class_of(size);
    if (class >= CLASSES) return malloc(size);
    struct shelf *shelf = &own.shelves[class];
    struct block *block = shelf->first;
    if (!block) return malloc((class + 1) * GRANULE);
    shelf->first = block->next;
    shelf->count--;
    return block;
}

void recycle_give(void *memory, size_t size)
{
    if (!memory) return;
    struct shelves *shelves = &own;
    size_t class = class_of(size);
    if (shelves->state == NEW) shelves_keep(shelves);
    if (class >= CLASSES || shelves->state == NOT_KEPT || shelves->shelves[class].count >= KEPT_MAX) {
        free(memory);
        return;
    }
    struct shelf *shelf = &shelves->shelves[class];
    struct block *block = memory;
    block->next = shelf->first;
    shelf->first = block;
    shelf->count++;
}
#endif
