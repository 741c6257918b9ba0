// Guards: what an event depends on in other tracks. A command that waits for one of another queue is given to
// the device before that has ended; where it ends with an error (a fault kills its queue), the device goes on
// all the same. The waiting command's event then tells of the error, and so do those that wait for it.
#pragma once

#include "device/device.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_guard {
    uint64_t track, sequence;     // which command: tracks are numbered, and so are the events of each
    struct device_signal *signal; // retained
};

// A list by track, with the last command of each that matters: a track that dies takes all later ones with
// it.
struct event_guards {
    unsigned count;
    struct event_guard list[];
};

// Of `count` candidates, in any order, which this sorts: those that have not ended well and are not of the
// command's own track. *out is NULL where there is none.
cl_int event_guards_create(uint64_t own_track, struct event_guard *candidates, size_t count,
                           struct event_guards **out);
void event_guards_free(struct event_guards *);

// Whether one of them has ended with an error. NULL: no.
bool event_guards_failed(const struct event_guards *);
