// What one thread has of a job: a chunk of work-groups that have not begun, and some that have. One that has
// run for a while may wait for another that has not begun: it keeps its compute unit, and gets its turn among
// others.
#pragma once

#include "job.h"

enum { UNDER_WAY_MAX = 64 }; // work-groups of a thread that have begun

struct hand {
    struct compute_unit **own; // the thread's, which may be another one in the end
    struct compute_unit *idle; // NULL: all are busy
    uint64_t first, count;     // of a chunk, work-groups that have not begun
    unsigned busy_count, turn; // where the next one to go on is, in front of or behind it
    bool to;
    struct compute_unit *busy[UNDER_WAY_MAX]; // in the order in which they became so
};

// `*own` is the thread's compute unit, and may be another one when the hand is closed.
void hand_open(struct hand *, struct compute_unit **own);
void hand_close(struct hand *);

// Runs one chunk more, and gives one work-group that is under way its turn. Returns false when there is
// neither.
bool chunk_run(struct job *, struct hand *);
