// An in-order queue: packets in an HSA queue of its own, and jobs (copies, fills, the host's) on a thread of
// its own.
//
// Packets are in order among themselves by their barrier bits, jobs by their thread. Where one kind follows
// the other, the later waits for a signal of the earlier: a packet for `job_tail`, a job for the last
// packet's signal.
//
// The mutex is never held while something waits: the functions that may have to wait for room let go of it
// meanwhile.
#pragma once

#include "ring.h"
#include "signal.h"
#include "worker.h"

#define STAGING_SIZE (1u << 20)

// A signal that the queue holds on to. Commands end in order, so an entry is let go once a later command has
// ended.
struct pending {
    struct device_signal *signal;
    bool ends; // a command of this queue ends it; otherwise a packet waits for it
};

struct device_queue {
    _Atomic(uint32_t) references; // owner, jobs, fault
    struct device *device;
    struct device_queue_options options;
    struct queue_owner owner;             // itself
    struct device_queue *next, *previous; // in device->queues
    struct device_queue *next_faulted;    // of those that die of one fault, until it is told
    pthread_mutex_t mutex;                // guards what follows
    pthread_cond_t settled;               // `running` or `fault_told` changed

    struct ring ring;
    struct worker *worker;
    struct watcher *watcher;

    uint8_t *staging; // STAGING_SIZE bytes that host and engines reach, once needed; only for jobs

    struct pending *pending; // a ring buffer
    size_t pending_first, pending_count, pending_capacity;

    uint64_t sequence;                 // of the last command
    bool packets_last;                 // the last command was a packet…
    struct device_signal *packet_tail; // … which ends this signal, if any
    struct device_signal *job_tail;    // the last job's, until a packet has been made to wait for it
    struct device_signal *running;     // the job's that is being run

    _Atomic(cl_int) error; // not 0: the queue is dead
    bool fault_told;       // on_fault was called and the signals are ended
    bool fault_telling;    // fault_thread is calling on_fault
    pthread_t fault_thread;
    char fault_text[1024];
};

void device_queue_retain(struct device_queue *);
void device_queue_release(struct device_queue *);
// Retains a queue unless it is being freed already.
bool device_queue_retain_live(struct device_queue *);

// The queue's error, 0 while it is alive.
cl_int queue_error(const struct device_queue *);

// ---- With the mutex held ------------------------------------------------------------------------------

// Lets go of what has ended and makes room for `count` more entries. One more is always left, for the signal
// of the queue's end.
cl_int queue_pending_reserve(struct device_queue *, size_t count);
// Holds on to a signal. There is room.
void queue_pending_add(struct device_queue *, struct device_signal *, bool ends);
// Those of `command->wait` that packets or jobs must still wait for, appended to `list` (room for all).
// Returns their number.
unsigned queue_wait_list(const struct device_queue *, const struct device_command *,
                         struct device_signal **list);
// The signal of everything so far, retained; NULL: nothing is under way. May append a packet, and may sleep
// for its room.
cl_int queue_tail(struct device_queue *, struct device_signal **tail);

// ---- Without it ---------------------------------------------------------------------------------------

// Sleeps until a dead queue is finished: its fault is told, and the job that was being run has ended.
void queue_settle(struct device_queue *);

// What a thread of ours does as a command.
struct queue_function {
    cl_int (*run)(void *argument);   // returns the command's error or 0
    void (*dispose)(void *argument); // called in the end, whether run or not
    void *argument;
    bool direct; // short: the calling thread may run it when there is nothing to wait for
};

// Has it run in the queue's order; not when the queue dies before. Disposes of it when the call fails.
cl_int queue_job(struct device_queue *, const struct device_command *, const struct queue_function *);
