// Signals of one in-order queue end in the order of their commands. So the thread waits only for the earliest
// command that has a callback, and is interrupted when an earlier one gets a callback meanwhile.
#define _GNU_SOURCE
#include "signal.h"
#include "watch_heap.h"

#include "base/log.h"
#include "base/thread.h"
#include "linger.h"

#include <stdlib.h>
#include <string.h>

struct watcher {
    _Atomic(uint32_t) references; // queue, bound signals, thread
    pthread_mutex_t mutex;
    pthread_cond_t changed; // a watch came, or the queue is gone
    bool abandoned;
    struct watch_heap watches;
    bool running; // a thread is there
    struct device_signal *current;
    _Atomic(bool) interrupted;
    hsa_signal_t interrupt; // non-zero: look at the list again
};

struct watcher *watcher_create(void)
{
    struct watcher *watcher = calloc(1, sizeof *watcher);
    if (!watcher) return NULL;
    if (hsa.signal_create(0, 0, NULL, &watcher->interrupt) != HSA_STATUS_SUCCESS) {
        free(watcher);
        return NULL;
    }
    pthread_mutex_init(&watcher->mutex, NULL);
    pthread_cond_init(&watcher->changed, NULL);
    atomic_store(&watcher->references, 1);
    return watcher;
}

void watcher_retain(struct watcher *watcher) { atomic_fetch_add(&watcher->references, 1); }

void watcher_release(struct watcher *watcher)
{
    if (atomic_fetch_sub(&watcher->references, 1) != 1) return;
    hsa.signal_destroy(watcher->interrupt);
    watch_heap_free(&watcher->watches);
    pthread_cond_destroy(&watcher->changed);
    pthread_mutex_destroy(&watcher->mutex);
    free(watcher);
}

void watcher_abandon(struct watcher *watcher)
{
    pthread_mutex_lock(&watcher->mutex);
    watcher->abandoned = true;
    pthread_cond_signal(&watcher->changed);
    pthread_mutex_unlock(&watcher->mutex);
    watcher_release(watcher);
}

// Calls the callbacks of the first signal if that has ended. Called and left with the mutex held.
static void watch_end(struct watcher *watcher)
{
    if (device_signal_state(watch_heap_first(&watcher->watches)) == 1) return;
    struct device_signal *signal = watch_heap_take(&watcher->watches);
    pthread_mutex_unlock(&watcher->mutex);
    signal_run_callbacks(signal);
    device_signal_release(signal);
    pthread_mutex_lock(&watcher->mutex);
}

static void watch_wait(struct watcher *watcher)
{
    struct device_signal *first = watch_heap_first(&watcher->watches);
    watcher->current = first;
    atomic_store(&watcher->interrupted, false);
    hsa.signal_store(watcher->interrupt, 0);
    pthread_mutex_unlock(&watcher->mutex);
    signal_sleep(first, watcher->interrupt, &watcher->interrupted);
    pthread_mutex_lock(&watcher->mutex);
    watcher->current = NULL;
    watch_end(watcher); // an earlier one that came meanwhile has ended too
}

static void *watcher_run(void *argument)
{
    struct watcher *watcher = argument;
    pthread_mutex_lock(&watcher->mutex);
    while (runtime_alive()) {
        if (watcher->watches.count)
            watch_wait(watcher);
        else if ((watcher->abandoned || !linger_wait(&watcher->changed, &watcher->mutex)) &&
                 !watcher->watches.count)
            break;
    }
    watcher->running = false;
    pthread_mutex_unlock(&watcher->mutex);
    watcher_release(watcher);
    return NULL;
}

static bool watcher_start(struct watcher *watcher)
{
    if (watcher->running) return true;
    watcher_retain(watcher);
    watcher->running = thread_start(NULL, "kiln-watcher", watcher_run, watcher);
    if (!watcher->running) {
        log_error("no thread for event callbacks");
        watcher_release(watcher);
    }
    return watcher->running;
}

static void watcher_interrupt(struct watcher *watcher)
{
    struct device_signal *current = watcher->current;
    atomic_store(&watcher->interrupted, true);
    hsa.signal_store(watcher->interrupt, 1);
    pthread_mutex_lock(&current->mutex);
    pthread_cond_broadcast(&current->changed);
    pthread_mutex_unlock(&current->mutex);
}

bool watcher_add(struct watcher *watcher, struct device_signal *signal)
{
    pthread_mutex_lock(&watcher->mutex);
    bool added = watcher_start(watcher) && watch_heap_add(&watcher->watches, signal);
    pthread_cond_signal(&watcher->changed);
    if (added && watcher->current && signal->sequence < watcher->current->sequence)
        watcher_interrupt(watcher);
    pthread_mutex_unlock(&watcher->mutex);
    return added;
}
