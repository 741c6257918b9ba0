#define _GNU_SOURCE
#include "worker.h"

#include "base/thread.h"
#include "linger.h"
#include "runtime.h"

#include <stdatomic.h>
#include <stdlib.h>

struct worker {
    const char *name;             // the thread's
    _Atomic(unsigned) references; // owner, thread
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct worker_job *first, **last;
    bool running;   // a thread is there
    unsigned holds; // … and stays
    bool abandoned; // no more jobs will come
};

struct worker *worker_create(const char *name)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) return NULL;
    worker->name = name;
    atomic_store(&worker->references, 1);
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_cond_init(&worker->changed, NULL);
    worker->last = &worker->first;
    return worker;
}

static void worker_unreference(struct worker *worker)
{
    if (atomic_fetch_sub(&worker->references, 1) != 1) return;
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}

void worker_release(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->abandoned = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
    worker_unreference(worker);
}

// The next job; NULL when none has come for a while or will come. Called and left with the mutex held.
static struct worker_job *worker_take(struct worker *worker)
{
    bool stay = true;
    while (!worker->first && (worker->holds || (stay && !worker->abandoned)))
        stay = linger_wait(&worker->changed, &worker->mutex) || worker->holds;
    struct worker_job *job = worker->first;
    if (job && !(worker->first = job->next)) worker->last = &worker->first;
    return job;
}

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    struct worker_job *job;
    pthread_mutex_lock(&worker->mutex);
    while (runtime_alive() && (job = worker_take(worker))) {
        pthread_mutex_unlock(&worker->mutex);
        job->run(job);
        pthread_mutex_lock(&worker->mutex);
    }
    worker->running = false;
    pthread_mutex_unlock(&worker->mutex);
    worker_unreference(worker);
    return NULL;
}

static bool worker_start(struct worker *worker)
{
    if (worker->running) return true;
    atomic_fetch_add(&worker->references, 1);
    worker->running = thread_start(NULL, worker->name, worker_run, worker);
    if (!worker->running) atomic_fetch_sub(&worker->references, 1); // the owner's is left
    return worker->running;
}

bool worker_push(struct worker *worker, struct worker_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&worker->mutex);
    bool started = worker_start(worker);
    if (started) {
        *worker->last = job;
        worker->last = &job->next;
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->mutex);
    return started;
}

bool worker_hold(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    bool started = worker_start(worker);
    if (started) worker->holds++;
    pthread_mutex_unlock(&worker->mutex);
    return started;
}

void worker_unhold(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    if (!--worker->holds) pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static struct worker *common;
static void common_create(void) { common = worker_create("kiln-calls"); }

struct worker *worker_common(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, common_create);
    return common;
}
