// One kilnc process, seen from the driver. It serves any number of jobs, one after the other, and ends when
// the driver's end of its channel is closed: by us, or because the application has ended, however that was.
// Written for life inside somebody else's process: no signal handlers, no SIGPIPE, close-on-exec throughout,
// and no child (launch.h).
#pragma once

#include "compiler/buffer.h"
#include "compiler/protocol.h"

#include <stdbool.h>

// Whether somebody waits for what is done.
enum urgency { URGENT, BACKGROUND, URGENCIES };

struct worker {
    int channel;          // both directions: the worker's standard input and output
    int messages;         // its standard error
    enum urgency urgency; // of what it does
};

// Starts `kilnc --worker`. Returns 0 or an errno.
int worker_start(struct worker *worker, const char *kilnc);

// Whether a worker with no job is still there.
bool worker_waits(const struct worker *worker);

// One request under way. What is said in it is the caller's business.
struct exchange {
    const char *out;
    size_t out_left;
    int seconds;
    int64_t deadline; // ms
    struct message_header header;
    size_t header_got;
    int64_t payload_size; // known once the header is complete; -1: no such message
    struct buffer payload, messages;
};

enum worker_outcome {
    WORKER_ANSWERED,  // the answer is the exchange's payload
    WORKER_SPENT,     // the same, and it was the worker's last job
    WORKER_PART,      // the payload is a part, and more will come
    WORKER_NO_MEMORY, // there is none for the message; `reason` as below
    WORKER_FAILED,    // `reason` got one line for the log and what the worker last said
};

// Begins to send an encoded request, whose answer must come within `seconds` (0: some time). The request
// must outlive the exchange.
void exchange_begin(struct exchange *exchange, const struct buffer *request, int seconds);

// Waits for the next message. After anything but WORKER_ANSWERED and WORKER_PART only worker_stop makes
// sense.
enum worker_outcome worker_exchange(struct worker *worker, struct exchange *exchange, struct buffer *reason);
void exchange_end(struct exchange *exchange);

// What the worker last printed, for the log of one that died.
void exchange_messages(struct worker *worker, struct exchange *exchange, struct buffer *reason);

// Sends a message which the worker need not heed, so a full channel drops it. For any thread, once the
// exchange has given a part.
void worker_tell(const struct worker *worker, const struct buffer *message);

// Lets it end in mid-job: worker_exchange will say that it has. For any thread.
void worker_interrupt(const struct worker *worker);

// Lets the process end, if need be in mid-job.
void worker_stop(struct worker *worker);
