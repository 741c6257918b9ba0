// One kilnc process, seen from the driver. It serves any number of jobs, one after the other.
// Written for life inside somebody else's process: no signal handlers, no SIGPIPE, close-on-exec throughout,
// and no trust that SIGCHLD or wait belong to us.
#pragma once

#include "compiler/buffer.h"
#include "compiler/client/compiler.h"

#include <stdbool.h>
#include <sys/types.h>

struct worker {
    pid_t pid;
    int channel;  // both directions: the worker's standard input and output
    int messages; // its standard error
};

// Starts `kilnc --worker`. Returns 0 or an errno.
int worker_start(struct worker *worker, const char *kilnc);

// Sends an encoded request and waits for the answer, at most `seconds` (0: for ever). Returns true and fills
// `result`; false where no answer came, and then `reason` gets one line for the log and what the worker last
// said. After false only worker_stop makes sense.
bool worker_exchange(struct worker *worker, const struct buffer *request, int seconds,
                     struct compiler_result *result, struct buffer *reason);

// Ends the process (at once where it has not ended by itself) and reaps it.
void worker_stop(struct worker *worker);
