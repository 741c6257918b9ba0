#define _GNU_SOURCE
#include "turn.h"

#include "pool.h"
#include "spin.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

enum { ANNOUNCED_MAX = 16 }; // short packets that wait, at most

// What native code may take of a thread's stack: it holds a wave's registers, some of them twice.
enum { STACK_LEAST = 384 << 10 };

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

// A thread may have a small stack, or be on another one than it began with.
static bool stack_is_enough(void)
{
    static _Thread_local uint64_t start, end; // asked once: that may read a file
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0;
    if (!end && pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &lowest, &size);
        pthread_attr_destroy(&attributes);
        start = (uint64_t)lowest;
        end = start + size;
    }
    return here < end && here > start && here - start >= STACK_LEAST;
}

// Processes what is ready and a guest's. Returns whether anything was.
static bool packets_do(struct queue *queue, const volatile int64_t *signal)
{
    bool any = false;
    queue->handlers_seen = false;
    queue->has_guest = true;
    while (__atomic_load_n(signal, __ATOMIC_ACQUIRE) > 0 && queue_may_work(queue) &&
           queue->processor->is_for_guests(queue, *queue->read)) {
        queue->processor->step(queue);
        any = true;
    }
    queue->has_guest = false;
    return any;
}

// What is left is the queue's thread's, which may have gone to sleep because this one had the turn.
static void turn_leave(const struct queue *queue)
{
    turn_give(queue->doorbell);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (queue_may_work(queue)) doorbell_wake(queue->doorbell);
}

static void guest_work(struct queue *queue, const volatile int64_t *signal)
{
    struct spin spin = {0};
    while (__atomic_load_n(signal, __ATOMIC_ACQUIRE) > 0 && !queue_is_ending(queue)) {
        if (turn_take(queue->doorbell)) {
            bool any = packets_do(queue, signal);
            turn_leave(queue);
            if (!any) return;
        } else if (pool_help(queue)) {
            spin = (struct spin){0};
        } else if (!spin_on(&spin, LOOK_AROUND)) {
            return;
        }
    }
}

void turn_work(struct doorbell *doorbell, const volatile int64_t *signal)
{
    __atomic_add_fetch(&doorbell->guests, 1, __ATOMIC_SEQ_CST);
    bool open = __atomic_load_n(&doorbell->used, __ATOMIC_ACQUIRE) &&
                !__atomic_load_n(&doorbell->closed, __ATOMIC_SEQ_CST) && !faults_are_blocked() &&
                stack_is_enough();
    if (open)
        guest_work((struct queue *)doorbell->owner, signal);
    else
        doorbell_wake(doorbell);
    __atomic_sub_fetch(&doorbell->guests, 1, __ATOMIC_RELEASE);
}

void turn_close(struct doorbell *doorbell)
{
    __atomic_store_n(&doorbell->closed, true, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&doorbell->guests, __ATOMIC_SEQ_CST)) sched_yield();
}
