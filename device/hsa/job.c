// Commands that a thread of ours carries out.
#include "queue.h"

#include <stdlib.h>

struct job {
    struct worker_job job;
    struct device_queue *queue;
    struct device_signal *done;
    struct queue_function function;
    unsigned wait_count;
    struct device_signal *wait[]; // retained
};

static void job_free(struct job *job)
{
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_release(job->wait[i]);
    job->function.dispose(job->function.argument);
    if (job->done) device_signal_release(job->done);
    free(job);
}

// From here to job_settle a fault leaves the job's signal alone, since its memory is in use.
static cl_int job_begin(struct job *job)
{
    pthread_mutex_lock(&job->queue->mutex);
    cl_int error = queue_error(job->queue);
    if (!error) job->queue->running = job->done;
    pthread_mutex_unlock(&job->queue->mutex);
    return error;
}

static void job_settle(struct job *job)
{
    pthread_mutex_lock(&job->queue->mutex);
    if (job->queue->running == job->done) job->queue->running = NULL; // else the next job runs already
    pthread_cond_broadcast(&job->queue->settled);
    pthread_mutex_unlock(&job->queue->mutex);
}

static void job_run(struct worker_job *worker_job)
{
    struct job *job = (struct job *)worker_job;
    struct device_queue *queue = job->queue;
    uint64_t start = 0, end = 0;
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_wait(job->wait[i]);
    cl_int error = job_begin(job);
    if (!error) {
        bool timed = queue->options.profiling;
        if (timed) start = runtime_clock();
        error = job->function.run(job->function.argument);
        if (timed) end = runtime_clock();
    }
    signal_end(job->done, error, start, end);
    job_settle(job);
    job_free(job);
    device_queue_release(queue);
}

// Puts the job behind what the queue has so far: what it must wait for is in its list. With the queue's mutex
// held.
static cl_int job_order(struct device_queue *queue, const struct device_command *command, struct job *job)
{
    struct device_signal *tail;
    cl_int error = queue_tail(queue, &tail); // leaves room for one more pending signal
    if (error) return error;
    job->wait_count = queue_wait_list(queue, command, job->wait);
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_retain(job->wait[i]);
    if (tail && device_signal_state(tail) > 0)
        job->wait[job->wait_count++] = tail;
    else if (tail)
        device_signal_release(tail);
    if (!signal_bind(job->done, queue->watcher, queue->sequence + 1)) return CL_OUT_OF_RESOURCES;
    queue->sequence++;
    device_queue_retain(queue);
    return CL_SUCCESS;
}

static void job_is_last(struct device_queue *queue, struct device_signal *done)
{
    queue_pending_add(queue, done, true);
    queue->packets_last = false;
    if (queue->packet_tail) device_signal_release(queue->packet_tail);
    queue->packet_tail = NULL;
    if (queue->job_tail) device_signal_release(queue->job_tail);
    device_signal_retain(queue->job_tail = done);
}

static struct job *job_create(struct device_queue *queue, const struct device_command *command,
                              const struct queue_function *function)
{
    struct job *job = calloc(1, sizeof *job + ((size_t)command->wait_count + 1) * sizeof *job->wait);
    if (!job) return NULL;
    job->job.run = job_run;
    job->queue = queue;
    job->function = *function;
    job->done = command->done;
    if (job->done) {
        device_signal_retain(job->done);
    } else if (device_signal_create(&job->done) != CL_SUCCESS) {
        free(job);
        return NULL;
    }
    return job;
}

// Hands the job to the queue's thread, or to the one that is about to wait for it. With the queue's mutex
// held, so that jobs keep their order.
static cl_int job_push(struct device_queue *queue, struct job *job, bool waited_for)
{
    if (waited_for) signal_offer(job->done, &job->job);
    if (waited_for || worker_push(queue->worker, &job->job)) return CL_SUCCESS;
    signal_end(job->done, CL_OUT_OF_RESOURCES, 0, 0);
    device_queue_release(queue);
    return CL_OUT_OF_RESOURCES;
}

cl_int queue_job(struct device_queue *queue, const struct device_command *command,
                 const struct queue_function *function)
{
    cl_int error = queue_error(queue);
    struct job *job = error ? NULL : job_create(queue, command, function);
    if (!job) {
        function->dispose(function->argument);
        return error ? error : CL_OUT_OF_HOST_MEMORY;
    }
    pthread_mutex_lock(&queue->mutex);
    error = job_order(queue, command, job);
    // A later job waits for this one's signal, so it does not matter which thread runs it.
    bool direct = !error && !job->wait_count && function->direct;
    if (!error) job_is_last(queue, job->done);
    if (!error && !direct) error = job_push(queue, job, command->waited_for && command->done);
    pthread_mutex_unlock(&queue->mutex);
    if (direct) job_run(&job->job);
    if (error) job_free(job);
    return error;
}

struct host_call {
    void (*function)(void *);
    void *argument;
};

static cl_int host_call_run(void *argument)
{
    struct host_call *call = argument;
    call->function(call->argument);
    return CL_SUCCESS;
}

cl_int device_queue_host(struct device_queue *queue, const struct device_command *command,
                         void (*function)(void *), void *argument)
{
    struct host_call *call = calloc(1, sizeof *call);
    if (!call) return CL_OUT_OF_HOST_MEMORY;
    *call = (struct host_call){function, argument};
    return queue_job(queue, command, &(struct queue_function){host_call_run, free, call, false});
}
