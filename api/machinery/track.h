// Tracks: the device's in-order queues behind one command queue. An in-order command queue has one; an
// out-of-order one opens more while those it has are busy, so that commands which do not depend on one
// another may run side by side. What commands of different tracks owe each other (wait lists, barriers,
// markers) they wait for by signals.
#pragma once

#include "api/machinery/under_way.h"
#include "device/device.h"

struct kiln_event;

enum { TRACKS_MAX = 4 };

struct track {
    struct device_queue *device_queue;
    uint64_t number;   // no other track of the process has it
    uint64_t sequence; // of the last event submitted
    struct under_way under_way;
    bool behind_barrier; // its next command has to wait for the last barrier
};

// Those behind one command queue, whose lock guards what follows `options`.
struct tracks {
    struct device *device;
    struct device_queue_options options; // of each
    struct track list[TRACKS_MAX];
    unsigned count;                // opened, at least one
    unsigned next;                 // that got the last command when all were busy
    struct device_signal *barrier; // of an out-of-order queue: the last barrier's, retained; NULL: none yet
};

// Opens the next one.
cl_int tracks_open(struct tracks *);

// Closes them and releases what is under way, for which it waits: it should have ended.
void tracks_close(struct tracks *);

// ---- With the queue's lock held -----------------------------------------------------------------------

// The track of an out-of-order queue for a command with this wait list.
struct track *tracks_choose(struct tracks *, unsigned wait_count, struct kiln_event *const *wait);

// What a command in this track has to wait for besides its wait list, into `signals`, retained; returns their
// number. `all`: every command enqueued so far.
enum { TRACK_SIGNALS_MAX = TRACKS_MAX };
cl_int tracks_wait_list(struct tracks *, struct track *, bool all,
                        struct device_signal *signals[TRACK_SIGNALS_MAX], unsigned *count);

// A track of an out-of-order queue has a command that waits for what tracks_wait_list told. `barrier`: the
// signal of that command if all later ones wait for it, else NULL.
void tracks_submitted(struct tracks *, struct track *, struct device_signal *barrier);

// A signal that ends when all that the tracks have so far has ended; NULL: nothing is under way.
cl_int tracks_tail(struct tracks *, struct device_signal **tail);
