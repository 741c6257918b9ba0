// One kilnc process, seen from the driver. It serves any number of jobs, one after the other, and ends when
// the driver's end of its channel is closed: by us, or because the application has ended, however that was.
// Written for life inside somebody else's process: no signal handlers, no SIGPIPE, close-on-exec throughout,
// and no child (launch.h).
#pragma once

#include "compiler/buffer.h"
#include "compiler/client/compiler.h"

#include <stdbool.h>

struct worker {
    int channel;  // both directions: the worker's standard input and output
    int messages; // its standard error
};

// Starts `kilnc --worker`. Returns 0 or an errno.
int worker_start(struct worker *worker, const char *kilnc);

// Whether a worker with no job is still there.
bool worker_waits(const struct worker *worker);

enum worker_outcome {
    WORKER_ANSWERED, // `result` is filled
    WORKER_SPENT,    // the same, and it was the worker's last job
    WORKER_FAILED,   // `reason` got one line for the log and what the worker last said
};

// Sends an encoded request and waits for the answer, at most `seconds` (0: for ever). After anything but
// WORKER_ANSWERED only worker_stop makes sense.
enum worker_outcome worker_exchange(struct worker *worker, const struct buffer *request, int seconds,
                                    struct compiler_result *result, struct buffer *reason);

// Lets the process end, if need be in mid-job.
void worker_stop(struct worker *worker);
