#include "signal.h"

#include "base/sanitizer.h"
#include "kick.h"

#include <hsa/amd_hsa_signal.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATE_PENDING 1

// Creating an HSA signal takes a kernel event, so signals are kept and reused.
static struct {
    pthread_mutex_t mutex;
    struct device_signal *free;
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static struct device_signal *signal_allocate(void)
{
    struct device_signal *signal = calloc(1, sizeof *signal);
    if (!signal) return NULL;
    if (hsa.signal_create(STATE_PENDING, 0, NULL, &signal->hsa) != HSA_STATUS_SUCCESS) {
        free(signal);
        return NULL;
    }
    pthread_mutex_init(&signal->mutex, NULL);
    pthread_cond_init(&signal->changed, NULL);
    return signal;
}

static struct device_signal *signal_reuse(void)
{
    pthread_mutex_lock(&pool.mutex);
    struct device_signal *signal = pool.free;
    if (signal) pool.free = signal->next_free;
    pthread_mutex_unlock(&pool.mutex);
    if (signal) hsa.signal_store(signal->hsa, STATE_PENDING);
    return signal;
}

cl_int device_signal_create(struct device_signal **result)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    struct device_signal *signal = signal_reuse();
    if (!signal) signal = signal_allocate();
    if (!signal) return CL_OUT_OF_HOST_MEMORY;
    atomic_store(&signal->references, 1);
    atomic_store(&signal->error, CL_SUCCESS);
    signal->sequence = signal->packet = 0;
    signal->times = TIMES_NONE;
    signal->device_ends = false;
    signal->processor = NULL;
    atomic_store(&signal->awaited, false);
    *result = signal;
    return CL_SUCCESS;
}

void device_signal_retain(struct device_signal *signal) { atomic_fetch_add(&signal->references, 1); }

void device_signal_release(struct device_signal *signal)
{
    if (!runtime_alive() || atomic_fetch_sub(&signal->references, 1) != 1) return;
    for (struct signal_callback *callback = signal->callbacks, *next; callback; callback = next) {
        next = callback->next; // never to be called: nobody is left who could end the signal
        free(callback);
    }
    signal->callbacks = NULL;
    if (signal->holds_worker) worker_unhold(worker_common());
    signal->holds_worker = false;
    if (signal->watcher) watcher_release(signal->watcher);
    signal->watcher = NULL;
    if (signal->first) device_signal_release(signal->first);
    signal->first = NULL;
    pthread_mutex_lock(&pool.mutex);
    signal->next_free = pool.free;
    pool.free = signal;
    pthread_mutex_unlock(&pool.mutex);
}

static amd_signal_t *amd_signal(const struct device_signal *signal)
{
    return (amd_signal_t *)(uintptr_t)signal->hsa.handle;
}

cl_int device_signal_state(const struct device_signal *signal)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    // What HSA's own function reads, without a call into ROCr.
    if (__atomic_load_n(&amd_signal(signal)->value, __ATOMIC_ACQUIRE) > 0) return STATE_PENDING;
    return atomic_load(&signal->error);
}

// The kernel driver has a few thousand events. A signal that got none cannot be slept for; ROCr would spin.
static bool signal_has_event(const struct device_signal *signal) { return amd_signal(signal)->event_id != 0; }

static void signal_poll(const struct device_signal *signal, hsa_signal_t stop_signal)
{
    struct timespec pause = {.tv_nsec = 50000};
    while (hsa.signal_load(signal->hsa) > 0 && !(stop_signal.handle && hsa.signal_load(stop_signal))) {
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 1000000) pause.tv_nsec += pause.tv_nsec / 4;
    }
}

// ROCr polls for 200 us before it sleeps. On a busy machine whoever is to end the signal may need this very
// processor, so it is offered first: waits of 20 us then take that long, not 500.
static void processor_offer(const struct device_signal *signal)
{
    for (int i = 0; i < 4 && hsa.signal_load(signal->hsa) > 0; i++) sched_yield();
}

bool signal_is_awaited(const struct device_signal *signal)
{
    atomic_thread_fence(memory_order_seq_cst); // the packet is there before this is looked at
    return atomic_load(&signal->awaited);
}

void signal_wake_device(const struct device_signal *signal) { kick_wake(signal->processor); }

// Works for the device, if it is one that threads can work for. Somebody who waits for another signal too
// does not.
static void device_help(const struct device_signal *signal, bool only_this)
{
    if (only_this)
        kick_work(signal->processor, &amd_signal(signal)->value);
    else
        kick_wake(signal->processor);
}

// Waits for the HSA signals themselves. The caller leads and does not hold the mutex.
static void signal_wait_hsa(struct device_signal *signal, hsa_signal_t stop_signal)
{
    atomic_store(&signal->awaited, true); // from here on, who gives it to the device wakes that
    device_help(signal, !stop_signal.handle);
    if (hsa.signal_load(signal->hsa) <= 0) return;
    if (!signal_has_event(signal)) {
        signal_poll(signal, stop_signal);
        return;
    }
    processor_offer(signal);
    if (!stop_signal.handle) {
        hsa.signal_wait(signal->hsa, HSA_SIGNAL_CONDITION_LT, STATE_PENDING, UINT64_MAX,
                        HSA_WAIT_STATE_BLOCKED);
        return;
    }
    hsa_signal_t signals[] = {signal->hsa, stop_signal};
    hsa_signal_condition_t conditions[] = {HSA_SIGNAL_CONDITION_LT, HSA_SIGNAL_CONDITION_NE};
    hsa_signal_value_t values[] = {STATE_PENDING, 0}, value;
    hsa.signal_wait_any(2, signals, conditions, values, UINT64_MAX, HSA_WAIT_STATE_BLOCKED, &value);
}

void signal_offer(struct device_signal *signal, struct worker_job *job)
{
    pthread_mutex_lock(&signal->mutex);
    signal->offered = job;
    pthread_cond_broadcast(&signal->changed);
    pthread_mutex_unlock(&signal->mutex);
}

// Runs the job that was left to us, if there is one. Called and left with the mutex held.
static bool offered_run(struct device_signal *signal)
{
    struct worker_job *job = signal->offered;
    if (!job) return false;
    signal->offered = NULL;
    pthread_mutex_unlock(&signal->mutex);
    job->run(job);
    pthread_mutex_lock(&signal->mutex);
    return true;
}

bool signal_sleep(struct device_signal *signal, hsa_signal_t stop_signal, _Atomic(bool) *stop)
{
    pthread_mutex_lock(&signal->mutex);
    while (device_signal_state(signal) == STATE_PENDING && !(stop && atomic_load(stop))) {
        if (!stop && offered_run(signal)) continue;
        if (signal->led || !signal->device_ends) {
            pthread_cond_wait(&signal->changed, &signal->mutex);
            continue;
        }
        signal->led = true;
        pthread_mutex_unlock(&signal->mutex);
        signal_wait_hsa(signal, stop_signal);
        pthread_mutex_lock(&signal->mutex);
        signal->led = false;
        pthread_cond_broadcast(&signal->changed);
    }
    pthread_mutex_unlock(&signal->mutex);
    return device_signal_state(signal) != STATE_PENDING;
}

cl_int device_signal_wait(struct device_signal *signal)
{
    if (device_signal_state(signal) == STATE_PENDING) signal_sleep(signal, (hsa_signal_t){0}, NULL);
    if (signal->offered) { // ended by a fault: the job only disposes of itself
        pthread_mutex_lock(&signal->mutex);
        offered_run(signal);
        pthread_mutex_unlock(&signal->mutex);
    }
    return device_signal_state(signal);
}

static struct signal_callback *callbacks_take(struct device_signal *signal)
{
    pthread_mutex_lock(&signal->mutex);
    struct signal_callback *list = signal->callbacks;
    signal->callbacks = NULL;
    pthread_mutex_unlock(&signal->mutex);
    return list;
}

void signal_run_callbacks(struct device_signal *signal)
{
    cl_int state = device_signal_state(signal);
    for (struct signal_callback *callback = callbacks_take(signal), *next; callback; callback = next) {
        next = callback->next;
        callback->function(callback->argument, state);
        free(callback);
    }
}

static void callbacks_call(struct worker_job *job)
{
    struct device_signal *signal =
        (struct device_signal *)((char *)job - offsetof(struct device_signal, call_them));
    signal_run_callbacks(signal);
    device_signal_release(signal);
    worker_unhold(worker_common());
}

// Has the callbacks called soon by the common worker, which the signal holds until then. The signal has
// ended.
static void callbacks_schedule(struct device_signal *signal)
{
    device_signal_retain(signal);
    signal->call_them.run = callbacks_call;
    worker_push(worker_common(), &signal->call_them);
}

void signal_device_ends(struct device_signal *signal)
{
    pthread_mutex_lock(&signal->mutex);
    signal->device_ends = true;
    pthread_cond_broadcast(&signal->changed); // one of those who wait already leads from now on
    pthread_mutex_unlock(&signal->mutex);
}

void signal_end(struct device_signal *signal, cl_int state, uint64_t start, uint64_t end)
{
    pthread_mutex_lock(&signal->mutex);
    if (device_signal_state(signal) != STATE_PENDING) {
        pthread_mutex_unlock(&signal->mutex);
        return;
    }
    signal->times = start ? TIMES_HOST : TIMES_NONE;
    signal->start = start;
    signal->end = end;
    atomic_store(&signal->error, state);
    sanitizer_release(&amd_signal(signal)->value); // by the store that follows
    hsa.signal_store(signal->hsa, 0);              // also for packets that wait for it, and for who leads
    pthread_cond_broadcast(&signal->changed);
    bool scheduled = signal->holds_worker;
    signal->holds_worker = false;
    pthread_mutex_unlock(&signal->mutex);
    if (scheduled) callbacks_schedule(signal);
}

void device_signal_set(struct device_signal *signal, cl_int state)
{
    if (runtime_alive()) signal_end(signal, state, 0, 0);
}

// The watcher is to call them, not the common worker.
static bool callbacks_watch(struct device_signal *signal, struct watcher *watcher)
{
    if (!watcher_add(watcher, signal)) return false;
    pthread_mutex_lock(&signal->mutex);
    bool held = signal->holds_worker;
    signal->holds_worker = false;
    pthread_mutex_unlock(&signal->mutex);
    if (held) worker_unhold(worker_common());
    return true;
}

static void signal_set_watcher(struct device_signal *signal, struct watcher *watcher, uint64_t sequence,
                               bool *callbacks)
{
    pthread_mutex_lock(&signal->mutex);
    signal->watcher = watcher;
    signal->sequence = sequence;
    *callbacks = signal->callbacks;
    pthread_mutex_unlock(&signal->mutex);
}

bool signal_bind(struct device_signal *signal, struct watcher *watcher, uint64_t sequence)
{
    bool callbacks;
    watcher_retain(watcher);
    signal_set_watcher(signal, watcher, sequence, &callbacks);
    if (!callbacks || callbacks_watch(signal, watcher)) return true;
    signal_set_watcher(signal, NULL, 0, &callbacks);
    watcher_release(watcher);
    return false;
}

// With others before it, which somebody is sure to call, it will be called with them.
static bool callback_append(struct device_signal *signal, struct signal_callback *callback)
{
    pthread_mutex_lock(&signal->mutex);
    bool others = signal->callbacks;
    if (others) signal->last_callback = signal->last_callback->next = callback;
    pthread_mutex_unlock(&signal->mutex);
    return others;
}

// False: it has been taken to be called.
static bool callback_take_back(struct device_signal *signal, struct signal_callback *callback)
{
    pthread_mutex_lock(&signal->mutex);
    bool there = signal->callbacks == callback, held = there && signal->holds_worker;
    if (there) signal->callbacks = NULL;
    if (held) signal->holds_worker = false;
    pthread_mutex_unlock(&signal->mutex);
    if (held) worker_unhold(worker_common());
    return there;
}

// Who is to call it is seen to first, so that a failure leaves nothing behind. A signal without a watcher
// holds the common worker.
static bool callback_first(struct device_signal *signal, struct signal_callback *callback)
{
    bool hold = !atomic_load(&signal->watcher) || device_signal_state(signal) != STATE_PENDING;
    if (hold && (!worker_common() || !worker_hold(worker_common()))) return false;
    pthread_mutex_lock(&signal->mutex);
    signal->callbacks = signal->last_callback = callback;
    struct watcher *watcher = signal->watcher;
    bool ended = hold && device_signal_state(signal) != STATE_PENDING;
    signal->holds_worker = hold && !ended;
    pthread_mutex_unlock(&signal->mutex);
    if (ended)
        callbacks_schedule(signal);
    else if (watcher && !callbacks_watch(signal, watcher))
        return !callback_take_back(signal, callback);
    return true;
}

static bool callback_add(struct device_signal *signal, struct signal_callback *callback)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER; // or another would count on a first one
    pthread_mutex_lock(&one_at_a_time);
    bool added = callback_append(signal, callback) || callback_first(signal, callback);
    pthread_mutex_unlock(&one_at_a_time);
    return added;
}

cl_int device_signal_notify(struct device_signal *signal, void (*function)(void *, cl_int), void *argument)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    struct signal_callback *callback = calloc(1, sizeof *callback);
    if (!callback) return CL_OUT_OF_HOST_MEMORY;
    callback->function = function;
    callback->argument = argument;
    if (callback_add(signal, callback)) return CL_SUCCESS;
    free(callback);
    return CL_OUT_OF_RESOURCES;
}

void device_signal_starts_with(struct device_signal *signal, struct device_signal *first)
{
    device_signal_retain(signal->first = first);
}

static bool own_times(const struct device_signal *signal, uint64_t *start, uint64_t *end)
{
    if (signal->times == TIMES_HOST) {
        *start = signal->start;
        *end = signal->end;
        return true;
    }
    hsa_amd_profiling_dispatch_time_t times = {0};
    if (signal->times != TIMES_DISPATCH ||
        hsa.dispatch_time(signal->agent, signal->hsa, &times) != HSA_STATUS_SUCCESS || !times.end)
        return false;
    *start = runtime_nanoseconds(times.start);
    *end = runtime_nanoseconds(times.end);
    return true;
}

bool device_signal_times(const struct device_signal *signal, uint64_t *start, uint64_t *end)
{
    uint64_t unused;
    const struct device_signal *first = signal;
    while (first->first) first = first->first;
    return runtime_alive() && own_times(signal, start, end) &&
           (first == signal || own_times(first, start, &unused));
}
