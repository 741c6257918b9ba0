#include "pool.h"

#include "base/processors.h"

#include <pthread.h>

enum { IDLE_LIMIT = 2 }; // each holds some 40 MB

static struct {
    pthread_mutex_t lock;
    pthread_cond_t turn;
    struct worker idle[IDLE_LIMIT];
    unsigned idle_count;
    unsigned busy[URGENCIES];
    unsigned long asked, served; // tickets: what is urgent goes in order
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER};

// --- forks of the application ---

// Not while the other end of a worker's socket is ours: a copy in the new process would keep it from closing.
static void fork_prepare(void) { pthread_mutex_lock(&pool.lock); }
static void fork_parent(void) { pthread_mutex_unlock(&pool.lock); }

// The workers are the parent's.
static void fork_child(void)
{
    for (unsigned i = 0; i < pool.idle_count; i++) worker_stop(&pool.idle[i]);
    pool.idle_count = 0;
    pool.busy[URGENT] = pool.busy[BACKGROUND] = 0;
    pool.asked = pool.served = 0;
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.turn, NULL);
}

static int fork_error; // an errno: forks go unseen, and no worker may start

static void fork_watch(void) { fork_error = pthread_atfork(fork_prepare, fork_parent, fork_child); }

static void pool_lock(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fork_watch);
    pthread_mutex_lock(&pool.lock);
}

// --- taking and giving back ---

static int start(struct worker *worker, const char *kilnc)
{
    return fork_error ? fork_error : worker_start(worker, kilnc);
}

// One that has died since it was given back is dropped.
static bool idle_take(struct worker *worker)
{
    for (unsigned i = pool.idle_count; i--;) {
        *worker = pool.idle[i];
        pool.idle[i] = pool.idle[--pool.idle_count];
        if (worker_waits(worker)) return true;
        worker_stop(worker);
    }
    return false;
}

static void turn_await_urgent(void)
{
    unsigned long ticket = pool.asked++;
    while (ticket != pool.served || pool.busy[URGENT] >= processors_count())
        pthread_cond_wait(&pool.turn, &pool.lock);
    pool.served++;
}

static void turn_await_background(void)
{
    unsigned limit = processors_count(), most = limit > 1 ? limit / 2 : 1;
    while (pool.asked != pool.served || pool.busy[URGENT] + pool.busy[BACKGROUND] >= limit ||
           pool.busy[BACKGROUND] >= most)
        pthread_cond_wait(&pool.turn, &pool.lock);
}

int pool_take(struct worker *worker, enum urgency urgency, const char *kilnc)
{
    pool_lock();
    if (urgency == URGENT)
        turn_await_urgent();
    else
        turn_await_background();
    int error = idle_take(worker) ? 0 : start(worker, kilnc);
    worker->urgency = urgency;
    if (!error) pool.busy[urgency]++;
    pthread_cond_broadcast(&pool.turn);
    pthread_mutex_unlock(&pool.lock);
    return error;
}

void pool_return(struct worker *worker, bool usable)
{
    pool_lock();
    pool.busy[worker->urgency]--;
    bool kept = usable && pool.idle_count < IDLE_LIMIT;
    if (kept) pool.idle[pool.idle_count++] = *worker;
    pthread_cond_broadcast(&pool.turn);
    pthread_mutex_unlock(&pool.lock);
    if (!kept) worker_stop(worker);
}

void pool_prepare(const char *kilnc)
{
    pool_lock();
    bool wanted = !pool.busy[URGENT] && !pool.idle_count;
    if (wanted && !start(&pool.idle[0], kilnc)) pool.idle_count = 1;
    pthread_mutex_unlock(&pool.lock);
}

void pool_empty(void)
{
    pool_lock();
    while (pool.idle_count) worker_stop(&pool.idle[--pool.idle_count]);
    pthread_mutex_unlock(&pool.lock);
}
