// What the device has been given and is not known to have ended, in the order in which it was given: it ends
// in that order.
#pragma once

#include "device/device.h"

// The first member of a command. Once the device has it, nothing else of it is needed.
struct work {
    struct work *next;
    struct work *next_signalled;    // in the list: the next one that has a signal
    uint64_t place;                 // in the list
    struct device_signal *done;     // retained; NULL: ended when a later one has
    void (*release)(struct work *); // lets go of what it holds, and of itself
};

struct under_way {
    struct work *first, *last;
    struct work *first_signalled, *last_signalled; // a list of its own
    uint64_t places;                               // so far
};

static inline void under_way_append(struct under_way *list, struct work *work)
{
    work->next = NULL;
    work->place = ++list->places;
    *(list->last ? &list->last->next : &list->first) = work;
    list->last = work;
    if (!work->done) return;
    *(list->first_signalled ? &list->last_signalled->next_signalled : &list->first_signalled) = work;
    list->last_signalled = work;
}

// Takes off what has a place up to this one: it has ended. NULL: nothing has.
struct work *under_way_take(struct under_way *, uint64_t place);

// Takes off what has ended by what signals tell: the last one that has ended tells of all before it.
struct work *under_way_take_ended(struct under_way *);

// Releases what was taken off. NULL is nothing.
void works_release(struct work *first);
