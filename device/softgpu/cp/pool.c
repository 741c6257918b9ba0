// A dispatch's work-groups are taken in chunks from an atomic counter. The queue's own thread starts at once.
// Other threads are woken for what is expected to take longer than waking them does: by what a work-group of
// this kernel took before, and, where that is wrong, as soon as the time that has passed says so.
#include "pool.h"

#include "base/thread.h"
#include "device/softgpu/interpreter/fault.h"
#include "device/softgpu/machine/clock.h"
#include "device/softgpu/machine/host.h"
#include "hand.h"
#include "job.h"
#include "spin.h"

#include <hsa/hsa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_MAX = 64,      // work-groups
    CHUNKS_A_THREAD = 8, // at least, where there are enough work-groups: for threads that get slower ones
    COST_KEEP = 4,       // 1 / weight of the newest in the average
    UNMEASURED_MAX = 8,  // dispatches of one short work-group in a row that are not timed
    PATIENCE_MAX = 255,  // jobs that do without a thread before it is asked for again
};

// In nanoseconds: work that is worth waking a thread for, and in what time a guest may come.
static const uint64_t worth_waking = 30 * 1000, guest_comes = 10 * 1000;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct job *jobs;        // that want helpers
static uint32_t jobs_published; // in all
static bool stopping;
static pthread_t *threads;
static unsigned thread_limit; // as many as may be started
static unsigned thread_count; // as are; guarded by `lock`

// A refused thread is asked for again, the less often the longer it is refused. Guarded by `lock`.
static struct {
    unsigned left, length; // calls of threads_start that do not ask; as it began
} patience;

static bool job_has_groups(const struct job *job)
{
    return __atomic_load_n(&job->taken, __ATOMIC_RELAXED) < job->groups && !job_is_cancelled(job);
}

static bool job_wants_help(const struct job *job)
{
    return job->helpers < job->helpers_max && job_has_groups(job);
}

static struct job *job_find(void)
{
    for (struct job *job = jobs; job; job = job->next)
        if (job_wants_help(job)) return job;
    return NULL;
}

// Looks a while at a word that another thread is about to change.
static void look_until_changed(const uint32_t *word, uint32_t value)
{
    struct spin spin = {0};
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value && spin_on(&spin, LOOK_AROUND)) {
    }
}

// Returns a job with work-groups left, or NULL when the threads are to end. Enters and leaves with the lock
// held.
static struct job *job_await(void)
{
    bool looked = false;
    while (!stopping) {
        struct job *job = job_find();
        if (job) return job;
        if (looked) {
            pthread_cond_wait(&work, &lock);
        } else {
            uint32_t seen = jobs_published;
            pthread_mutex_unlock(&lock);
            look_until_changed(&jobs_published, seen);
            pthread_mutex_lock(&lock);
        }
        looked = true;
    }
    return NULL;
}

// Enters and leaves with the lock held.
static void job_help(struct job *job, struct compute_unit **unit)
{
    struct hand hand;
    hand_open(&hand, unit);
    job->helpers++;
    pthread_mutex_unlock(&lock);
    fault_handlers_trust(true); // the thread that has the turn has seen to them
    while (chunk_run(job, &hand)) {
    }
    hand_close(&hand);
    fault_handlers_trust(false);
    pthread_mutex_lock(&lock);
    if (__atomic_sub_fetch(&job->helpers, 1, __ATOMIC_RELEASE) == 0) pthread_cond_signal(&job->alone);
}

static void *worker_run(void *argument)
{
    struct compute_unit *unit = argument;
    pthread_mutex_lock(&lock);
    for (struct job *job; (job = job_await());) {
        job_help(job, &unit);
    }
    pthread_mutex_unlock(&lock);
    compute_unit_destroy(unit);
    return NULL;
}

static bool queue_help(struct queue *queue)
{
    if (!queue->second_unit && !(queue->second_unit = compute_unit_create())) return false;
    pthread_mutex_lock(&lock);
    struct job *job = queue->job;
    bool wanted = job && job_wants_help(job);
    if (wanted) job_help(job, &queue->second_unit);
    pthread_mutex_unlock(&lock);
    return wanted;
}

bool pool_help(struct queue *queue)
{
    if (!__atomic_load_n(&queue->job, __ATOMIC_RELAXED)) return false;
    if (__atomic_exchange_n(&queue->helped, true, __ATOMIC_ACQUIRE)) return false;
    bool helped = queue_help(queue);
    __atomic_store_n(&queue->helped, false, __ATOMIC_RELEASE);
    return helped;
}

// With all that it needs. False: memory is short, or the system refuses.
static bool worker_begin(unsigned number)
{
    char name[16];
    struct compute_unit *unit = compute_unit_create();
    snprintf(name, sizeof name, "kiln-cu%u", number);
    if (unit && thread_start(&threads[number], name, worker_run, unit)) return true;
    compute_unit_destroy(unit);
    return false;
}

// So many that `wanted` are free, if there may be; without them those there are do the work. Many programs
// never need them, and on a large machine they would take longer to start than such a program. Called with
// the lock held.
static void threads_start(uint64_t wanted)
{
    for (const struct job *job = jobs; job; job = job->next) wanted += job->helpers;
    if (wanted > thread_limit) wanted = thread_limit;
    if (thread_count >= wanted) return;
    if (patience.left) {
        patience.left--;
        return;
    }
    while (thread_count < wanted && worker_begin(thread_count)) thread_count++;
    if (thread_count >= wanted)
        patience.length = 0;
    else if (patience.length < PATIENCE_MAX)
        patience.length = 2 * patience.length + 1;
    patience.left = patience.length;
}

// Whether the queue's own thread can help a guest, or a guest that thread.
static bool queue_helps(const struct queue *queue)
{
    return queue->has_guest || __atomic_load_n(&queue->doorbell->guests, __ATOMIC_RELAXED);
}

// Calls as many threads as there are chunks for.
static void job_publish(struct job *job, uint64_t groups_left)
{
    uint64_t wanted = (groups_left - 1) / job->chunk + 1;
    if (wanted > job->helpers_max) wanted = job->helpers_max;
    pthread_mutex_lock(&lock);
    __atomic_store_n(&job->queue->job, job, __ATOMIC_RELAXED);
    wanted -= queue_helps(job->queue);
    if (job->queue->has_guest) doorbell_wake(job->queue->doorbell);
    threads_start(wanted);
    struct job **end = &jobs; // the oldest is helped first
    while (*end) end = &(*end)->next;
    *end = job;
    __atomic_add_fetch(&jobs_published, 1, __ATOMIC_RELEASE);
    for (uint64_t i = 0; i < wanted; i++) pthread_cond_signal(&work);
    pthread_mutex_unlock(&lock);
}

// No thread may begin with the job from here on; returns when those at it have left.
static void job_withdraw(struct job *job)
{
    pthread_mutex_lock(&lock);
    struct job **at = &jobs;
    while (*at != job) at = &(*at)->next;
    *at = job->next;
    __atomic_store_n(&job->queue->job, NULL, __ATOMIC_RELAXED);
    uint32_t helpers = job->helpers;
    pthread_mutex_unlock(&lock);
    if (helpers) look_until_changed(&job->helpers, helpers);
    pthread_mutex_lock(&lock);
    while (job->helpers) pthread_cond_wait(&job->alone, &lock);
    pthread_mutex_unlock(&lock);
}

static size_t cost_index(uint64_t kernel_object) { return (kernel_object >> 6) % COSTS; }

// Whoever has the queue's turn writes; others may read at any time.
static struct cost *cost_of(struct queue *queue, uint64_t kernel_object)
{
    struct cost *cost = &queue->costs[cost_index(kernel_object)];
    if (cost->kernel_object != kernel_object) {
        __atomic_store_n(&cost->nanoseconds, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&cost->kernel_object, kernel_object, __ATOMIC_RELEASE);
    }
    return cost;
}

static void cost_learn(struct cost *cost, uint64_t nanoseconds)
{
    uint64_t average = cost->nanoseconds;
    average = average ? average + (nanoseconds + 1) / COST_KEEP - average / COST_KEEP : nanoseconds + 1;
    __atomic_store_n(&cost->nanoseconds, average, __ATOMIC_RELAXED);
}

static uint64_t groups_of(uint32_t items, uint16_t group)
{
    return group ? (items + group - 1ull) / group : 1;
}

bool pool_is_short(const struct queue *queue, const void *of)
{
    const hsa_kernel_dispatch_packet_t *packet = of;
    const struct cost *cost = &queue->costs[cost_index(packet->kernel_object)];
    uint64_t nanoseconds = __atomic_load_n(&cost->nanoseconds, __ATOMIC_RELAXED);
    bool known = __atomic_load_n(&cost->kernel_object, __ATOMIC_ACQUIRE) == packet->kernel_object;
    if (!known || !nanoseconds || nanoseconds > worth_waking) return false;
    uint64_t plane = groups_of(packet->grid_size_x, packet->workgroup_size_x) *
                     groups_of(packet->grid_size_y, packet->workgroup_size_y); // at most 2^64
    uint64_t groups;
    return !__builtin_mul_overflow(plane, groups_of(packet->grid_size_z, packet->workgroup_size_z),
                                   &groups) &&
           groups <= worth_waking / nanoseconds;
}

// Nobody can help with a single work-group. Once it is known to be short it is timed now and then only: to
// read the clock takes as long.
static void job_run_single(struct job *job, struct cost *cost)
{
    bool timed =
        !cost->nanoseconds || cost->nanoseconds > worth_waking || ++cost->unmeasured >= UNMEASURED_MAX;
    uint64_t start = timed ? clock_ticks() : 0;
    struct hand hand;
    hand_open(&hand, &job->queue->unit);
    bool ran = chunk_run(job, &hand);
    while (hand.busy_count && chunk_run(job, &hand)) {
    }
    hand_close(&hand);
    if (!ran || !timed) return;
    cost_learn(cost, clock_ticks() - start);
    cost->unmeasured = 0;
}

// Whether a guest may be here before the first chunk is done: who enqueues often waits right away.
static bool may_come_soon(const struct job *job, const struct cost *cost)
{
    return !queue_helps(job->queue) && cost->nanoseconds && cost->nanoseconds * job->chunk < guest_comes;
}

// The part of the thread that has the turn.
static void job_run_here(struct job *job, struct cost *cost)
{
    uint64_t start = clock_ticks(), mine = 0;
    bool published = false;
    struct hand hand;
    hand_open(&hand, &job->queue->unit);
    for (;;) {
        uint64_t taken = __atomic_load_n(&job->taken, __ATOMIC_RELAXED);
        uint64_t left = taken < job->groups ? job->groups - taken : 0;
        // An unknown kernel's further work-groups may take any time: do not let them wait.
        bool worthwhile = left > 1 && (!cost->nanoseconds || (left - 1) * cost->nanoseconds > worth_waking ||
                                       clock_ticks() - start > worth_waking);
        if (!published && job->helpers_max && worthwhile && (mine || !may_come_soon(job, cost))) {
            job_publish(job, left - 1);
            published = true;
        }
        if (!chunk_run(job, &hand)) break;
        mine += left < job->chunk ? left : job->chunk;
    }
    hand_close(&hand);
    if (mine) cost_learn(cost, (clock_ticks() - start) / mine);
    if (published) job_withdraw(job);
}

static void job_run_shared(struct job *job, struct cost *cost)
{
    job->chunk = job->groups / ((uint64_t)(job->helpers_max + 1) * CHUNKS_A_THREAD);
    if (job->chunk > CHUNK_MAX) job->chunk = CHUNK_MAX;
    if (job->chunk == 0) job->chunk = 1;
    pthread_cond_init(&job->alone, NULL);
    job_run_here(job, cost);
    pthread_cond_destroy(&job->alone);
}

enum pool_result pool_run(struct queue *queue, const struct dispatch *dispatch, struct fault *fault)
{
    if (!queue->unit && !(queue->unit = compute_unit_create())) return POOL_NO_MEMORY;
    struct job job = {
        .queue = queue, .cancel = &queue->cancel, .dispatch = dispatch, .chunk = 1, .fault = fault};
    unsigned units = __atomic_load_n(&queue->units, __ATOMIC_RELAXED);
    job.helpers_max = units && units - 1 < thread_limit ? units - 1 : thread_limit;
    job.groups = (uint64_t)dispatch->groups[0] * dispatch->groups[1] * dispatch->groups[2];
    // The application may have taken the signals over; it does not while commands of its own are under way.
    if (!queue->handlers_seen) queue->handlers_seen = fault_handlers_install();
    fault_handlers_trust(queue->handlers_seen);
    (job.groups == 1 ? job_run_single : job_run_shared)(&job, cost_of(queue, dispatch->kernel_object));
    fault_handlers_trust(false);
    if (job.faulted) return POOL_FAULT;
    return __atomic_load_n(&queue->cancel, __ATOMIC_RELAXED) ? POOL_CANCELLED : POOL_DONE;
}

bool pool_start(void)
{
    unsigned limit = host_threads() - 1; // a queue's own thread is one more
    threads = calloc(limit + 1, sizeof *threads);
    if (!threads) return false;
    stopping = false;
    patience.left = patience.length = 0;
    thread_limit = limit;
    return true;
}

void pool_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_broadcast(&work);
    pthread_mutex_unlock(&lock);
    for (unsigned i = 0; i < thread_count; i++) pthread_join(threads[i], NULL);
    thread_limit = thread_count = 0;
    free(threads);
    threads = NULL;
}

void pool_reset_after_fork(void)
{
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&work, NULL);
    jobs = NULL;
    thread_limit = thread_count = 0;
    free(threads);
    threads = NULL;
}
