#include "queue.h"

#include "batch.h"

#include <stdlib.h>
#include <string.h>

// ---- Life ---------------------------------------------------------------------------------------------

void device_queue_retain(struct device_queue *queue) { atomic_fetch_add(&queue->references, 1); }

bool device_queue_retain_live(struct device_queue *queue)
{
    uint32_t references = atomic_load(&queue->references);
    while (references && !atomic_compare_exchange_weak(&queue->references, &references, references + 1))
        continue;
    return references;
}

static void queue_free(struct device_queue *queue)
{
    ring_close(&queue->ring, atomic_load(&queue->error));
    for (size_t i = 0; i < queue->pending_count; i++)
        device_signal_release(queue->pending[(queue->pending_first + i) % queue->pending_capacity].signal);
    free(queue->pending);
    if (queue->staging) hsa.pool_free(queue->staging);
    if (queue->packet_tail) device_signal_release(queue->packet_tail);
    if (queue->job_tail) device_signal_release(queue->job_tail);
    worker_release(queue->worker);
    watcher_abandon(queue->watcher);
    pthread_cond_destroy(&queue->settled);
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

void device_queue_release(struct device_queue *queue)
{
    if (atomic_fetch_sub(&queue->references, 1) == 1 && runtime_alive()) queue_free(queue);
}

cl_int queue_error(const struct device_queue *queue)
{
    return runtime_alive() ? atomic_load(&queue->error) : CL_DEVICE_NOT_AVAILABLE;
}

// ---- Signals the queue holds on to --------------------------------------------------------------------

static struct pending *pending_at(const struct device_queue *queue, size_t index)
{
    return &queue->pending[(queue->pending_first + index) % queue->pending_capacity];
}

static void pending_reap(struct device_queue *queue)
{
    size_t ended = 0;
    for (size_t i = 0; i < queue->pending_count; i++) {
        const struct pending *pending = pending_at(queue, i);
        if (!pending->ends) continue;
        if (device_signal_state(pending->signal) > 0) break;
        ended = i + 1;
    }
    for (size_t i = 0; i < ended; i++) device_signal_release(pending_at(queue, i)->signal);
    if (ended) queue->pending_first = (queue->pending_first + ended) % queue->pending_capacity;
    queue->pending_count -= ended;
}

cl_int queue_pending_reserve(struct device_queue *queue, size_t count)
{
    size_t capacity = queue->pending_capacity;
    if (queue->pending_count + count < capacity) return CL_SUCCESS;
    pending_reap(queue);
    size_t wanted = queue->pending_count + count + 1;
    if (wanted <= capacity) return CL_SUCCESS;
    capacity = wanted * 2 > 64 ? wanted * 2 : 64;
    struct pending *grown = calloc(capacity, sizeof *grown);
    if (!grown) return CL_OUT_OF_HOST_MEMORY;
    for (size_t i = 0; i < queue->pending_count; i++) grown[i] = *pending_at(queue, i);
    free(queue->pending);
    queue->pending = grown;
    queue->pending_first = 0;
    queue->pending_capacity = capacity;
    return CL_SUCCESS;
}

void queue_pending_add(struct device_queue *queue, struct device_signal *signal, bool ends)
{
    device_signal_retain(signal);
    *pending_at(queue, queue->pending_count++) = (struct pending){signal, ends};
}

// ---- Order --------------------------------------------------------------------------------------------

static void tail_set(struct device_signal **tail, struct device_signal *signal)
{
    if (signal) device_signal_retain(signal);
    if (*tail) device_signal_release(*tail);
    *tail = signal;
}

// A signal of this queue's own is of an earlier command, which the order sees to.
static bool signal_matters(const struct device_queue *queue, const struct device_signal *signal)
{
    return atomic_load(&signal->watcher) != queue->watcher && device_signal_state(signal) > 0;
}

unsigned queue_wait_list(const struct device_queue *queue, const struct device_command *command,
                         struct device_signal **list)
{
    unsigned count = 0;
    for (unsigned i = 0; i < command->wait_count; i++)
        if (signal_matters(queue, command->wait[i])) list[count++] = command->wait[i];
    return count;
}

__attribute__((cold)) static cl_int queue_make_room(struct device_queue *queue, unsigned packets, size_t size,
                                                    unsigned pending)
{
    struct device_signal *full, *closed;
    cl_int error;
    do {
        if ((error = queue_error(queue)) || (error = queue_pending_reserve(queue, pending + 1))) return error;
        error = ring_reserve(&queue->ring, packets, size, &full, &closed);
        if (closed) {
            queue_pending_add(queue, closed, true);
            device_signal_release(closed);
        }
        if (error != CL_SUCCESS) return error;
        if (full) {
            pthread_mutex_unlock(&queue->mutex);
            device_signal_wait(full);
            device_signal_release(full);
            pthread_mutex_lock(&queue->mutex);
        }
    } while (full || closed);
    return CL_SUCCESS;
}

static bool queue_has_room(const struct device_queue *queue, unsigned packets, size_t size, unsigned pending)
{
    return queue->pending_count + pending < queue->pending_capacity &&
           ring_has_room(&queue->ring, packets, size);
}

// Sleeps until there is room for that many packets, that much argument memory and that many pending signals,
// or the queue is dead. The mutex is held before and after, not while sleeping.
static cl_int queue_reserve(struct device_queue *queue, unsigned packets, size_t size, unsigned pending)
{
    return queue_has_room(queue, packets, size, pending) ? queue_error(queue)
                                                         : queue_make_room(queue, packets, size, pending);
}

// Makes the next packet wait for the signals, and for the job before it.
static void queue_packets_wait(struct device_queue *queue, struct device_signal **wait, unsigned count)
{
    if (queue->job_tail && device_signal_state(queue->job_tail) > 0) wait[count++] = queue->job_tail;
    for (unsigned i = 0; i < count; i++) {
        queue_pending_add(queue, wait[i], false);
        signal_wake_device(wait[i]);
    }
    for (unsigned i = 0; i < count; i += BARRIER_SIGNALS)
        ring_barrier(&queue->ring, wait + i, count - i < BARRIER_SIGNALS ? count - i : BARRIER_SIGNALS, NULL);
    tail_set(&queue->job_tail, NULL);
}

static void queue_packet_ends(struct device_queue *queue, struct device_signal *done)
{
    done->times = queue->options.profiling ? TIMES_DISPATCH : TIMES_NONE;
    done->agent = queue->device->agent;
    queue_pending_add(queue, done, true);
}

// The packet to be written next ends `done` (or nothing).
static void queue_packet_last(struct device_queue *queue, struct device_signal *done)
{
    queue->sequence++;
    queue->packets_last = true;
    if (done != queue->packet_tail) tail_set(&queue->packet_tail, done);
    if (done) queue_packet_ends(queue, done);
}

// Binds the signal to the command whose packet is to be written next. Where that fails a packet that does
// nothing is written instead: those that wait for what the command should have waited for may be there.
static cl_int queue_packet_bind(struct device_queue *queue, struct device_signal *done)
{
    if (!done || signal_bind(done, queue->watcher, queue->sequence + 1)) return CL_SUCCESS;
    queue_packet_last(queue, NULL);
    ring_barrier(&queue->ring, NULL, 0, NULL);
    return CL_OUT_OF_RESOURCES;
}

cl_int queue_tail(struct device_queue *queue, struct device_signal **tail)
{
    *tail = NULL;
    cl_int error = queue_reserve(queue, 1, 0, 2);
    if (error != CL_SUCCESS) return error;
    struct device_signal *last = queue->packets_last ? queue->packet_tail : queue->job_tail;
    if (last) {
        device_signal_retain(*tail = last);
    } else if (queue->packets_last) {
        error = device_signal_create(tail);
        if (error != CL_SUCCESS) return error;
        signal_bind(*tail, queue->watcher, queue->sequence + 1);
        queue_packet_last(queue, *tail);
        ring_barrier(&queue->ring, NULL, 0, *tail);
    }
    return CL_SUCCESS;
}

// ---- Packets ------------------------------------------------------------------------------------------

static void dispatch_write(struct device_queue *queue, const struct device_command *command,
                           const struct device_dispatch *dispatch)
{
    size_t size = dispatch->kernel->kernarg_size;
    void *arguments = NULL;
    if (size) arguments = memcpy(ring_arguments(&queue->ring, size), dispatch->kernarg, size);
    queue_packet_last(queue, command->done);
    ring_dispatch(&queue->ring, dispatch, arguments, command->done);
}

// The signals of a wait list that matter, on the stack where they are few.
struct wait_list {
    struct device_signal **signals, *few[16];
};

static bool wait_list_open(struct wait_list *list, const struct device_command *command)
{
    size_t count = (size_t)command->wait_count + 1; // and the queue's job
    list->signals =
        count <= sizeof list->few / sizeof *list->few ? list->few : calloc(count, sizeof *list->signals);
    return list->signals;
}

static void wait_list_close(struct wait_list *list)
{
    if (list->signals != list->few) free(list->signals);
}

// Waits for the command's wait list, for the job before it (which may come while this thread sleeps), and for
// room.
__attribute__((noinline)) static cl_int queue_packets_begin_waiting(struct device_queue *queue,
                                                                    const struct device_command *command,
                                                                    unsigned packets, size_t size)
{
    struct wait_list list;
    if (!wait_list_open(&list, command)) return CL_OUT_OF_HOST_MEMORY;
    unsigned barriers = (command->wait_count + 1 + BARRIER_SIGNALS - 1) / BARRIER_SIGNALS;
    cl_int error = queue_reserve(queue, barriers + packets, size, command->wait_count + 2);
    if (!error) queue_packets_wait(queue, list.signals, queue_wait_list(queue, command, list.signals));
    wait_list_close(&list);
    return error;
}

// Makes room for the command's packets and arguments, behind packets that wait for what it waits for.
static cl_int queue_packets_begin(struct device_queue *queue, const struct device_command *command,
                                  unsigned packets, size_t size)
{
    bool at_once = !command->wait_count && !queue->job_tail && queue_has_room(queue, packets, size, 1);
    return at_once ? queue_error(queue) : queue_packets_begin_waiting(queue, command, packets, size);
}

cl_int device_queue_dispatch(struct device_queue *queue, const struct device_command *command,
                             const struct device_dispatch *dispatch)
{
    pthread_mutex_lock(&queue->mutex);
    cl_int error = queue_packets_begin(queue, command, 1, dispatch->kernel->kernarg_size);
    if (!error) error = queue_packet_bind(queue, command->done);
    if (!error) dispatch_write(queue, command, dispatch);
    pthread_mutex_unlock(&queue->mutex);
    return error;
}

// Packets of a batch, which the ring has room for at once.
static cl_int packets_write(struct device_queue *queue, const struct device_command *command,
                            const hsa_kernel_dispatch_packet_t *packets, unsigned count)
{
    cl_int error = queue_packets_begin(queue, command, count, 0);
    if (!error) error = queue_packet_bind(queue, command->done);
    if (error) return error;
    queue_packet_last(queue, command->done);
    ring_packets(&queue->ring, packets, count, command->done);
    return CL_SUCCESS;
}

// The packets from the one with that number on; the first waits for what the command waits for, the last ends
// the command.
static cl_int batch_write(struct device_queue *queue, const struct device_command *command,
                          const struct device_batch *batch, size_t from)
{
    const size_t most = ring_packets_most(&queue->ring);
    struct device_command part = {.wait = command->wait, .wait_count = command->wait_count};
    cl_int error = CL_SUCCESS;
    for (size_t count; !error && from < batch->count; from += count) {
        count = batch->count - from < most ? batch->count - from : most;
        if (from + count == batch->count) part.done = command->done;
        error = packets_write(queue, &part, &batch->packets[from], (unsigned)count);
        part = (struct device_command){0};
    }
    return error;
}

// The command's time starts with its first packet's.
static cl_int batch_write_timed(struct device_queue *queue, const struct device_command *command,
                                const struct device_batch *batch)
{
    struct device_command first = {.wait = command->wait, .wait_count = command->wait_count};
    cl_int error = device_signal_create(&first.done);
    if (error) return error;
    device_signal_starts_with(command->done, first.done);
    error = packets_write(queue, &first, batch->packets, 1);
    if (!error) error = batch_write(queue, &(struct device_command){.done = command->done}, batch, 1);
    device_signal_release(first.done);
    return error;
}

cl_int device_queue_batch(struct device_queue *queue, const struct device_command *command,
                          const struct device_batch *batch)
{
    bool timed = queue->options.profiling && command->done && batch->count > 1;
    pthread_mutex_lock(&queue->mutex);
    cl_int error = timed ? batch_write_timed(queue, command, batch) : batch_write(queue, command, batch, 0);
    pthread_mutex_unlock(&queue->mutex);
    return error;
}

// The ring's HSA queue is the same for as long as the queue lives.
struct device_queue_addresses device_queue_addresses(const struct device_queue *queue)
{
    return ring_addresses(&queue->ring);
}

// Whether all commands are known to have ended.
static bool queue_is_idle(const struct device_queue *queue)
{
    const struct device_signal *last = queue->packets_last ? queue->packet_tail : queue->job_tail;
    return last ? device_signal_state(last) <= 0 : !queue->packets_last;
}

static bool command_waits(const struct device_queue *queue, const struct device_command *command)
{
    for (unsigned i = 0; i < command->wait_count; i++)
        if (signal_matters(queue, command->wait[i])) return true;
    return false;
}

// With nothing to wait for it has ended already.
static bool barrier_end_at_once(struct device_queue *queue, const struct device_command *command)
{
    if (queue_error(queue) || !queue_is_idle(queue) || command_waits(queue, command)) return false;
    uint64_t now = queue->options.profiling ? runtime_clock() : 0;
    if (command->done) signal_end(command->done, CL_SUCCESS, now, now);
    return true;
}

cl_int device_queue_barrier(struct device_queue *queue, const struct device_command *command)
{
    cl_int error = CL_SUCCESS;
    pthread_mutex_lock(&queue->mutex);
    bool ended = barrier_end_at_once(queue, command);
    if (!ended) error = queue_packets_begin(queue, command, 1, 0);
    if (!ended && !error) error = queue_packet_bind(queue, command->done);
    if (!ended && !error) {
        queue_packet_last(queue, command->done);
        ring_barrier(&queue->ring, NULL, 0, command->done);
    }
    pthread_mutex_unlock(&queue->mutex);
    return error;
}

bool device_queue_idle(struct device_queue *queue)
{
    if (!runtime_alive()) return true;
    pthread_mutex_lock(&queue->mutex);
    bool idle =
        queue_is_idle(queue) || (queue->packets_last && ring_is_at(&queue->ring, queue->ring.written));
    pthread_mutex_unlock(&queue->mutex);
    return idle;
}

bool device_queue_runs(struct device_queue *queue, const struct device_signal *signal)
{
    if (!runtime_alive() || device_signal_state(signal) <= 0) return false;
    pthread_mutex_lock(&queue->mutex);
    bool runs = signal == queue->running || (signal->packet && ring_is_at(&queue->ring, signal->packet - 1));
    pthread_mutex_unlock(&queue->mutex);
    return runs && device_signal_state(signal) > 0;
}

cl_int device_queue_error(const struct device_queue *queue) { return queue_error(queue); }

cl_int device_queue_flush(struct device_queue *queue)
{
    if (runtime_alive()) ring_wake(&queue->ring);
    return queue_error(queue);
}

void queue_settle(struct device_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    bool teller = queue->fault_telling && pthread_equal(queue->fault_thread, pthread_self());
    while ((!queue->fault_told && !teller) || queue->running)
        pthread_cond_wait(&queue->settled, &queue->mutex);
    pthread_mutex_unlock(&queue->mutex);
}

cl_int device_queue_finish(struct device_queue *queue)
{
    struct device_signal *tail = NULL;
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    if (!queue_error(queue)) {
        pthread_mutex_lock(&queue->mutex);
        cl_int error = queue_tail(queue, &tail);
        pthread_mutex_unlock(&queue->mutex);
        if (error != CL_SUCCESS && !queue_error(queue)) return error;
    }
    if (tail) {
        device_signal_wait(tail);
        device_signal_release(tail);
    }
    if (queue_error(queue)) queue_settle(queue);
    return queue_error(queue);
}
