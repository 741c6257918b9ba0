// One task for kilnc, whatever its kind: it is looked for in the cache, else done by a worker, and what comes
// of it is kept. What is asked and what is answered is the caller's business.
#pragma once

#include "cache.h"
#include "worker.h"

#include <pthread.h>

struct task {
    struct cache_key key;
    struct buffer request;
    struct worker worker; // while `working`
    struct exchange exchange;
    pthread_mutex_t lock; // of `working`, `stopped`
    bool working, stopped;
};

// The path of kilnc. Returns 0, or -1 with `why` saying what is missing.
int task_kilnc(char *path, size_t path_size, char *why, size_t why_size);

// A result whose log is Kiln's own words, and a line of them for the person at the terminal. Consumes
// `reason`.
void task_fail(struct compiler_result *result, enum compiler_status status, struct buffer *reason);

void task_init(struct task *task);
void task_end(struct task *task); // when no worker is at it

// Sends the request to a worker; returns false where there is none, and `result` says why. Urgency: those in
// the background wait until no others do.
bool task_begin(struct task *task, enum urgency urgency, const char *kilnc, struct compiler_result *result);

// Waits for the next message. True: it is a part, in task->exchange.payload. False: it was the last, `result`
// is filled and kept in the cache.
bool task_next(struct task *task, struct compiler_result *result);

// The part could not be read, for what part_decode returned: ends the task. `result` is filled.
void task_refuse(struct task *task, int decoded, struct compiler_result *result);

// For other threads meanwhile. What is told need not arrive. A stopped task ends soon, with COMPILER_CRASHED.
void task_tell(struct task *task, const struct buffer *message);
void task_stop(struct task *task);
