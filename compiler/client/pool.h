// The application's workers: as many as it has processors, each busy with one job. A worker that is done
// waits for the next; a few are kept. Thread-safe, and safe to fork.
#pragma once

#include "worker.h"

// Waits for its turn, then takes an idle worker or starts one. What is in the background lets all that is
// urgent go first, and keeps at least every second processor free for it. Returns 0, or an errno where none
// can be started.
int pool_take(struct worker *worker, enum urgency urgency, const char *kilnc);

// Gives it back. One that is not to be used again, or that is one too many, ends.
void pool_return(struct worker *worker, bool usable);

// Starts a worker where there is none, so that it is ready when it is needed; waits for nothing.
void pool_prepare(const char *kilnc);

// Ends the idle workers.
void pool_empty(void);
