// Held commands: those that wait for an event which the device does not know yet (a user event, or that of
// a command held back itself), and those that must not overtake them.
//
// Each of its events leads to a held command, so that nothing is looked at again before it changes: what an
// event costs that becomes known is what waits for it, and what a command costs is its wait list.
//
// Barriers cut an out-of-order queue's held commands into sections, and only the first one is open. In it, a
// command goes as soon as its events are known, or when no earlier one is held if it waits for them all. In
// an in-order queue each waits for all.
#pragma once

#include "api/event.h"
#include "api/machinery/holding.h"
#include "api/object.h"

struct command;
struct held_command;

// A queue's. Changed with both the queue's lock and the context's holding lock, in this order.
struct held {
    struct object *queue;    // retained while it holds commands
    struct holding *holding; // its context's
    unsigned count, barriers;
    struct held_command *first, *last;
    struct held_command *first_ready, *last_ready; // of those: they may go
    uint64_t section, open;                        // of the next command; the first one
    struct held *next;                             // in `holding`
    bool listed;                                   // there, with a reference to the queue
};

// What of a command decides when it may go.
struct held_terms {
    bool waits_all; // for all held ones before it
    bool barrier;   // all later ones wait for it; of out-of-order queues only
    unsigned wait_count;
    struct kiln_event *const *wait; // retained by the command
};

// Whether such a command has to stay behind those that are held.
static inline bool held_is_behind(const struct held *held, bool waits_all)
{
    return held->barriers || (held->count && waits_all);
}

// Holds a command back. It may be free to go at once: see held_next.
cl_int held_add(struct held *, struct command *, const struct held_terms *);

// Takes off the next command that may go; NULL: there is none. *emptied: it was the last held, and the
// reference to the queue is the caller's now.
struct command *held_take(struct held *, bool *emptied);

// Without any lock: a packet can wait for the event now, or it has ended.
void held_event_known(struct kiln_event *);

// The next queue of the context with commands that may go; the reference to it is the caller's. NULL: none.
struct held *held_next(struct holding *);
