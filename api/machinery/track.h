// Tracks: the device's in-order queues behind one command queue. An in-order command queue has one; an
// out-of-order one opens more while those it has are busy, so that commands which do not depend on one
// another may run side by side. What commands of different tracks owe each other (wait lists, barriers,
// markers) they wait for by signals.
#pragma once

#include "device/device.h"

#include <stdbool.h>
#include <stdint.h>

struct command;
struct kiln_event;
struct kiln_queue;

struct command_list {
    struct command *first, *last;
    unsigned count;
};

enum { TRACKS_MAX = 4 };

struct track {
    struct device_queue *device_queue;
    uint64_t number;                                  // no other track of the process has it
    uint64_t sequence;                                // of the last event submitted
    struct command_list under_way;                    // given to the device, not known to have ended
    struct command *first_signalled, *last_signalled; // … of which these have a signal; a list of its own
    uint64_t places;                                  // commands so far
    bool behind_barrier;                              // its next command has to wait for queue->barrier
};

// Opens the queue's next track.
cl_int track_open(struct kiln_queue *);

// ---- With the queue's lock held

// The track of an out-of-order queue for a command with this wait list.
struct track *track_choose(struct kiln_queue *, unsigned wait_count, struct kiln_event *const *wait);

// What a command in this track has to wait for besides its wait list, into `signals`, retained; returns their
// number. `all`: every command enqueued so far.
enum { TRACK_SIGNALS_MAX = TRACKS_MAX };
cl_int track_wait_list(struct kiln_queue *, struct track *, bool all,
                       struct device_signal *signals[TRACK_SIGNALS_MAX], unsigned *count);

// A track of an out-of-order queue has a command that waits for what track_wait_list told. `barrier`: the
// signal of that command if all later ones wait for it, else NULL.
void track_submitted(struct kiln_queue *, struct track *, struct device_signal *barrier);
