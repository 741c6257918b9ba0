#include "queue.h"

#include "activity.h"
#include "base/log.h"
#include "base/thread.h"
#include "device/softgpu/machine/clock.h"
#include "device/softgpu/machine/event.h"
#include "pool.h"
#include "processor.h"
#include "spin.h"
#include "turn.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How long to look at a value in memory, and to sleep then. In nanoseconds.
static const uint64_t wait_spin = 30 * 1000;
static const uint64_t wait_nap_shortest = 50 * 1000, wait_nap_longest = 4 * 1000 * 1000;

enum { QUEUES_MAX = 1024, WAIT_NAP_GROWTH = 16 };

static struct queue *queues[QUEUES_MAX]; // index + 1 is the id
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool queue_is_ending(const struct queue *queue) { return __atomic_load_n(&queue->stop, __ATOMIC_ACQUIRE); }

bool queue_may_work(const struct queue *queue)
{
    return !__atomic_load_n(&queue->failed, __ATOMIC_RELAXED) &&
           !__atomic_load_n(&queue->suspended, __ATOMIC_ACQUIRE) && queue->processor->ready(queue);
}

static bool queue_may_sleep(const struct queue *queue)
{
    return !queue_is_ending(queue) && (turn_is_taken(queue->doorbell) || !queue_may_work(queue));
}

// Returns once there is a packet to process, with the turn; false when the queue is to end.
static bool queue_await_packet(struct queue *queue)
{
    struct spin spin = {0};
    for (;;) {
        if (queue_is_ending(queue)) return false;
        if (queue_may_work(queue) && turn_take(queue->doorbell)) {
            queue->handlers_seen &= !spin.looks;
            if (queue_may_work(queue)) return true;
            turn_give(queue->doorbell);
        }
        if (pool_help(queue)) spin = (struct spin){0};
        if (!__atomic_load_n(&queue->failed, __ATOMIC_RELAXED) && spin_on(&spin, LOOK_AROUND)) continue;
        if (queue_may_sleep(queue)) doorbell_sleep(queue->doorbell, queue_may_sleep);
    }
}

static void *queue_run(void *argument)
{
    struct queue *queue = argument;
    while (queue_await_packet(queue)) {
        do queue->processor->step(queue);
        while (!queue_is_ending(queue) && queue_may_work(queue));
        turn_give(queue->doorbell);
    }
    return NULL;
}

bool queue_wait_for(struct queue *queue, bool (*condition)(const void *), const void *of)
{
    struct spin spin = {0};
    uint64_t nap = wait_nap_shortest;
    for (;;) {
        uint32_t seen = activity_count();
        if (condition(of)) return true;
        if (queue_is_ending(queue)) return false;
        if (spin_on(&spin, wait_spin)) continue;
        activity_sleep(seen, nap);
        if (nap < wait_nap_longest) nap += nap / WAIT_NAP_GROWTH;
    }
}

void queue_fail(struct queue *queue, unsigned code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(queue->fault_text, sizeof queue->fault_text, format, arguments);
    va_end(arguments);
    log_info("queue %llu stopped: %s", (unsigned long long)queue->id, queue->fault_text);
    __atomic_store_n(&queue->failed, true, __ATOMIC_RELAXED);
    __atomic_store_n(&queue->fault_length, strlen(queue->fault_text), __ATOMIC_RELEASE);
    if (!queue->error_reason) {
        log_error("queue %llu stopped: %s", (unsigned long long)queue->id, queue->fault_text);
        return;
    }
    __atomic_or_fetch(queue->error_reason, INT64_C(1) << (code - 1), __ATOMIC_SEQ_CST);
    event_raise(queue->error_event);
}

static bool queue_enter(struct queue *queue)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < QUEUES_MAX && !queue->id; i++) {
        if (queues[i]) continue;
        queues[i] = queue;
        queue->id = i + 1;
    }
    pthread_mutex_unlock(&lock);
    return queue->id != 0;
}

// Takes the queue out of the table, so that it is ended once only. NULL for an id that names none.
static struct queue *queue_leave(uint64_t id)
{
    if (id == 0 || id > QUEUES_MAX) return NULL;
    pthread_mutex_lock(&lock);
    struct queue *queue = queues[id - 1];
    queues[id - 1] = NULL;
    pthread_mutex_unlock(&lock);
    return queue;
}

static void queue_free(struct queue *queue)
{
    if (queue->id) queue_leave(queue->id);
    if (queue->doorbell) doorbell_release(queue->doorbell);
    compute_unit_destroy(queue->unit);
    compute_unit_destroy(queue->second_unit);
    free(queue);
}

struct queue *queue_create(const struct queue_setup *setup)
{
    struct queue *queue = calloc(1, sizeof *queue);
    if (!queue) return NULL;
    queue->kind = setup->kind;
    queue->processor = setup->kind == QUEUE_SDMA ? &sdma_processor : &aql_processor;
    queue->ring = setup->ring;
    queue->ring_size = setup->ring_size;
    queue->read = setup->kind == QUEUE_SDMA ? &queue->own_read : setup->read;
    queue->write = setup->kind == QUEUE_SDMA ? &queue->own_write : setup->write;
    queue->error_reason = setup->error_reason;
    queue->error_event = setup->error_event;
    queue->doorbell = doorbell_claim(queue);
    if (queue->doorbell && queue_enter(queue) &&
        thread_start(&queue->thread, queue->processor->thread_name, queue_run, queue))
        return queue;
    queue_free(queue);
    return NULL;
}

static void queue_end(struct queue *queue)
{
    __atomic_store_n(&queue->cancel, true, __ATOMIC_SEQ_CST);
    __atomic_store_n(&queue->stop, true, __ATOMIC_SEQ_CST);
    doorbell_wake(queue->doorbell);
    activity_announce();
    pthread_join(queue->thread, NULL);
    turn_close(queue->doorbell);
    queue->id = 0;
    queue_free(queue);
}

uint64_t queue_id(const struct queue *queue) { return queue->id; }

uint64_t *queue_doorbell(const struct queue *queue) { return (uint64_t *)queue->doorbell->word; }

void queue_pointers(struct queue *queue, uint64_t **read, uint64_t **write)
{
    *read = &queue->own_read;
    *write = &queue->own_write;
}

bool queue_confine(uint64_t id, unsigned units)
{
    pthread_mutex_lock(&lock);
    struct queue *queue = id > 0 && id <= QUEUES_MAX ? queues[id - 1] : NULL;
    if (queue) __atomic_store_n(&queue->units, units, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&lock);
    return queue != NULL;
}

bool queue_suspend(uint64_t id, bool suspended)
{
    pthread_mutex_lock(&lock);
    struct queue *queue = id > 0 && id <= QUEUES_MAX ? queues[id - 1] : NULL;
    if (queue) {
        __atomic_store_n(&queue->suspended, suspended, __ATOMIC_SEQ_CST);
        doorbell_wake(queue->doorbell);
    }
    pthread_mutex_unlock(&lock);
    return queue != NULL;
}

bool queue_destroy(uint64_t id)
{
    struct queue *queue = queue_leave(id);
    if (queue) queue_end(queue);
    return queue != NULL;
}

bool queues_start(void)
{
    if (!doorbells_start()) return false;
    if (pool_start()) return true;
    doorbells_stop();
    return false;
}

void queues_stop(void)
{
    for (uint64_t id = 1; id <= QUEUES_MAX; id++) queue_destroy(id);
    pool_stop();
    doorbells_stop();
}

void queues_reset_after_fork(void)
{
    pthread_mutex_init(&lock, NULL);
    memset(queues, 0, sizeof queues);
    pool_reset_after_fork();
    doorbells_reset_after_fork();
}
