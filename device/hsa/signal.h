// A signal is an HSA signal (1: pending, 0: ended) and what HSA's lacks: an error, any number of sleepers,
// callbacks.
//
// Whoever waits for a signal that the host ends sleeps on its condition variable. When the device ends it,
// somebody has to wait for the HSA signal; ROCr lets only the first waiter of one sleep and makes the others
// spin. So one thread at a time does that (it *leads*), and the others sleep on the condition variable and
// take over when it leaves.
#pragma once

#include "runtime.h"
#include "watcher.h"
#include "worker.h"

#include <stdatomic.h>

enum signal_times { TIMES_NONE, TIMES_DISPATCH, TIMES_HOST };

struct signal_callback {
    struct signal_callback *next;
    void (*function)(void *, cl_int);
    void *argument;
};

struct device_signal {
    hsa_signal_t hsa;
    _Atomic(uint32_t) references;
    _Atomic(cl_int) error;  // written before `hsa` becomes 0
    pthread_mutex_t mutex;  // guards what follows
    pthread_cond_t changed; // the signal ended, or nobody leads
    bool device_ends;       // a packet or copy engine was given the HSA signal
    bool led;
    _Atomic(bool) awaited; // somebody sleeps, or is about to, until the device ends it
    _Atomic(struct worker_job *)
        offered; // ends the signal once somebody who waits for it has run it; NULL: none
    // In the order they were asked for. While there are any, a watcher or the common worker is sure to call
    // them.
    struct signal_callback *callbacks, *last_callback;
    bool holds_worker;                   // … which is kept for that
    struct worker_job call_them;         // of that worker
    _Atomic(struct watcher *) watcher;   // of the queue whose command ends this signal; NULL: no command yet
    uint64_t sequence;                   // of that command in its queue
    uint64_t packet;                     // of that command, index + 1; 0: it is none
    struct softgpu_processor *processor; // that works on it; NULL: none yet, or hardware
    enum signal_times times;
    hsa_agent_t agent;           // TIMES_DISPATCH: the agent that the packet ran on
    uint64_t start, end;         // TIMES_HOST: nanoseconds
    struct device_signal *first; // retained: whose start is this one's; NULL: its own
    struct device_signal *next_free;
};

// The signal is to be ended by a command of the queue with this watcher. Before the command is visible to
// anybody. False, and no effect: the signal has callbacks, and no thread could be started to call them.
bool signal_bind(struct device_signal *, struct watcher *, uint64_t sequence);

// The signal is about to be given to the device.
void signal_device_ends(struct device_signal *);

// Whether somebody waits for the device to end it.
bool signal_is_awaited(const struct device_signal *);

// Has the device do what the signal waits for, without further calls.
void signal_wake_device(const struct device_signal *);

// Leaves the job that ends this signal to whoever calls device_signal_wait first, which somebody will.
void signal_offer(struct device_signal *, struct worker_job *);

// Ends the signal (no effect when it has ended) with times on the host's clock; both 0: none.
void signal_end(struct device_signal *, cl_int state, uint64_t start, uint64_t end);

// Sleeps until the signal has ended (true) or `*stop` was set and `stop_signal` made non-zero (false).
bool signal_sleep(struct device_signal *, hsa_signal_t stop_signal, _Atomic(bool) *stop);

// Calls the callbacks of a signal that has ended.
void signal_run_callbacks(struct device_signal *);
