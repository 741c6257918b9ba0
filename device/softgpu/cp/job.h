// A dispatch's work-groups, which threads take in chunks.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct dispatch;
struct fault;
struct queue;

struct job {
    struct job *next;
    struct queue *queue;
    bool *cancel; // the queue's
    const struct dispatch *dispatch;
    uint64_t groups, chunk;
    uint64_t taken;       // work-groups, may pass `groups`
    unsigned helpers;     // threads of the pool at it; guarded by the pool's lock
    unsigned helpers_max; // as many as the queue may have
    pthread_cond_t alone; // helpers became 0
    bool faulted;
    struct fault *fault;
};

static inline bool job_is_cancelled(const struct job *job)
{
    return __atomic_load_n(job->cancel, __ATOMIC_RELAXED);
}
