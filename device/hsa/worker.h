// A thread that runs jobs one after the other. Started by the first job; ends after a while without any.
#pragma once

#include <stdbool.h>

struct worker_job {
    struct worker_job *next;
    void (*run)(struct worker_job *); // owns the job from here on
};

struct worker;
// One reference; NULL: out of memory. `name` is the thread's, a constant string.
struct worker *worker_create(const char *name);
void worker_release(struct worker *); // jobs that are left are still run

// Takes the job over. False: no thread could be started; the job is not taken.
bool worker_push(struct worker *, struct worker_job *);

// From a hold that succeeded to its release the worker's thread is there, and worker_push succeeds. False: no
// thread could be started.
bool worker_hold(struct worker *);
void worker_unhold(struct worker *);

// The process's own, for what must be called from a thread of this layer. NULL: out of memory.
struct worker *worker_common(void);
