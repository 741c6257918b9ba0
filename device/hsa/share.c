#include "share.h"

#include "base/config.h"
#include "base/processors.h"
#include "worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { HELPERS_MOST = 3 }; // what is shared is bound by memory, which few cores saturate

// One helper's invitation. It may come to it when all is done already.
struct invitation {
    struct worker_job job;
    struct share *share;
};

struct share {
    void (*part)(void *, size_t);
    void *argument; // the calling thread's: there until all parts are done
    size_t count;
    _Atomic(size_t) next, done;
    _Atomic(unsigned) references; // calling thread, invitations
    pthread_mutex_t mutex;
    pthread_cond_t finished;
    struct invitation invitations[HELPERS_MOST];
};

static struct {
    struct worker *workers[HELPERS_MOST];
    unsigned count;
} helpers;

// As many as there are other processors for.
static void helpers_create(void)
{
    unsigned count = processors_count(), wanted = config_get()->cpus;
    if (wanted && wanted < count) count = wanted;
    for (unsigned i = 1; i < count && helpers.count < HELPERS_MOST; i++) {
        helpers.workers[helpers.count] = worker_create("kiln-copies");
        if (helpers.workers[helpers.count]) helpers.count++;
    }
}

static void share_release(struct share *share)
{
    if (atomic_fetch_sub(&share->references, 1) != 1) return;
    pthread_cond_destroy(&share->finished);
    pthread_mutex_destroy(&share->mutex);
    free(share);
}

static void share_work(struct share *share)
{
    size_t index;
    while ((index = atomic_fetch_add(&share->next, 1)) < share->count) {
        share->part(share->argument, index);
        if (atomic_fetch_add(&share->done, 1) + 1 < share->count) continue;
        pthread_mutex_lock(&share->mutex);
        pthread_cond_signal(&share->finished);
        pthread_mutex_unlock(&share->mutex);
    }
}

static void invitation_run(struct worker_job *job)
{
    struct share *share = ((struct invitation *)job)->share;
    share_work(share);
    share_release(share);
}

static struct share *share_create(size_t count, void (*part)(void *, size_t), void *argument)
{
    struct share *share = calloc(1, sizeof *share);
    if (!share) return NULL;
    share->part = part;
    share->argument = argument;
    share->count = count;
    atomic_store(&share->references, 1);
    pthread_mutex_init(&share->mutex, NULL);
    pthread_cond_init(&share->finished, NULL);
    return share;
}

static void share_invite(struct share *share)
{
    for (unsigned i = 0; i < helpers.count && i + 1 < share->count; i++) {
        struct invitation *invitation = &share->invitations[i];
        *invitation = (struct invitation){.job.run = invitation_run, .share = share};
        atomic_fetch_add(&share->references, 1);
        if (!worker_push(helpers.workers[i], &invitation->job)) share_release(share);
    }
}

void share_parts(size_t count, void (*part)(void *argument, size_t index), void *argument)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (count > 1) pthread_once(&once, helpers_create);
    struct share *share = count > 1 && helpers.count ? share_create(count, part, argument) : NULL;
    if (!share) {
        for (size_t i = 0; i < count; i++) part(argument, i);
        return;
    }
    share_invite(share);
    share_work(share);
    pthread_mutex_lock(&share->mutex);
    while (atomic_load(&share->done) < count) pthread_cond_wait(&share->finished, &share->mutex);
    pthread_mutex_unlock(&share->mutex);
    share_release(share);
}
