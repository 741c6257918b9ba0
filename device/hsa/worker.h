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

// Has a thread of the process call function(argument) soon. False: out of memory or threads.
bool worker_call(void (*function)(void *), void *argument);
