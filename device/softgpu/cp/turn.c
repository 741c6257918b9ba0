#define _GNU_SOURCE
#include "turn.h"

#include "processor.h"

#include <signal.h>

enum { ANNOUNCED_MAX = 16 }; // short packets that wait, at most

bool turn_take(struct doorbell *doorbell)
{
    return !__atomic_exchange_n(&doorbell->turn, true, __ATOMIC_SEQ_CST);
}

void turn_give(struct doorbell *doorbell) { __atomic_store_n(&doorbell->turn, false, __ATOMIC_SEQ_CST); }

bool turn_is_taken(const struct doorbell *doorbell)
{
    return __atomic_load_n(&doorbell->turn, __ATOMIC_SEQ_CST);
}

void turn_announce(struct doorbell *doorbell)
{
    const struct queue *queue = doorbell->owner;
    if (!__atomic_load_n(&doorbell->announced, __ATOMIC_RELAXED))
        __atomic_store_n(&doorbell->announced, true, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&doorbell->asleep, __ATOMIC_RELAXED)) return;
    uint64_t written = __atomic_load_n(queue->write, __ATOMIC_ACQUIRE);
    bool waits = written && queue->processor->is_short(queue, written - 1) &&
                 written - __atomic_load_n(queue->read, __ATOMIC_ACQUIRE) < ANNOUNCED_MAX;
    if (!waits) doorbell_wake(doorbell);
}

// A kernel's stray access must reach our handler.
static bool faults_are_blocked(void)
{
    sigset_t blocked;
    return pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0 || sigismember(&blocked, SIGSEGV) ||
           sigismember(&blocked, SIGBUS);
}

// The turn keeps the owner from being freed.
static void packets_do(struct doorbell *doorbell, const volatile int64_t *signal)
{
    struct queue *queue = (struct queue *)doorbell->owner;
    queue->handlers_seen = false;
    while (__atomic_load_n(signal, __ATOMIC_ACQUIRE) > 0 && queue_may_work(queue) &&
           queue->processor->is_short(queue, *queue->read))
        queue->processor->step(queue);
}

void turn_work(struct doorbell *doorbell, const volatile int64_t *signal)
{
    if (!faults_are_blocked() && turn_take(doorbell)) {
        if (__atomic_load_n(&doorbell->used, __ATOMIC_ACQUIRE)) packets_do(doorbell, signal);
        turn_give(doorbell);
    }
    // For what is left; and the queue's thread may have gone to sleep because this one had the turn.
    doorbell_wake(doorbell);
}
