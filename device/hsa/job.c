// Commands that a thread of ours carries out.
#include "queue.h"

#include <stdlib.h>

struct job {
    struct worker_job job;
    struct device_queue *queue;
    struct device_signal *done;
    cl_int (*function)(void *);
    void (*dispose)(void *);
    void *argument;
    unsigned wait_count;
    struct device_signal *wait[]; // retained
};

static void job_free(struct job *job)
{
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_release(job->wait[i]);
    job->dispose(job->argument);
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

static void job_settle(struct device_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->running = NULL;
    pthread_cond_broadcast(&queue->settled);
    pthread_mutex_unlock(&queue->mutex);
}

static void job_run(struct worker_job *worker_job)
{
    struct job *job = (struct job *)worker_job;
    struct device_queue *queue = job->queue;
    uint64_t start = 0, end = 0;
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_wait(job->wait[i]);
    cl_int error = job_begin(job);
    if (!error) {
        start = runtime_clock();
        error = job->function(job->argument);
        end = runtime_clock();
    }
    signal_end(job->done, error, start, end);
    job_settle(queue);
    job_free(job);
    queue_release(queue);
}

// Puts the job behind what the queue has so far. With the queue's mutex held.
static cl_int job_enqueue(struct device_queue *queue, const struct device_command *command, struct job *job)
{
    struct device_signal *tail;
    cl_int error = queue_tail(queue, &tail); // leaves room for one more pending signal
    if (error) return error;
    job->wait_count = queue_wait_list(queue, command, job->wait);
    for (unsigned i = 0; i < job->wait_count; i++) device_signal_retain(job->wait[i]);
    if (tail) job->wait[job->wait_count++] = tail;
    signal_bind(job->done, queue->watcher, ++queue->sequence);
    queue_retain(queue);
    if (!worker_push(queue->worker, &job->job)) {
        queue_release(queue);
        return CL_OUT_OF_RESOURCES;
    }
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

static struct job *job_create(struct device_queue *queue, const struct device_command *command)
{
    struct job *job = calloc(1, sizeof *job + ((size_t)command->wait_count + 1) * sizeof *job->wait);
    if (!job) return NULL;
    job->job.run = job_run;
    job->queue = queue;
    job->done = command->done;
    if (job->done)
        device_signal_retain(job->done);
    else if (device_signal_create(&job->done) != CL_SUCCESS) {
        free(job);
        return NULL;
    }
    return job;
}

cl_int queue_job(struct device_queue *queue, const struct device_command *command, cl_int (*function)(void *),
                 void (*dispose)(void *), void *argument)
{
    cl_int error = queue_error(queue);
    struct job *job = error ? NULL : job_create(queue, command);
    if (!job) {
        dispose(argument);
        return error ? error : CL_OUT_OF_HOST_MEMORY;
    }
    job->function = function;
    job->dispose = dispose;
    job->argument = argument;
    struct device_signal *done = job->done;
    device_signal_retain(done);
    pthread_mutex_lock(&queue->mutex);
    error = job_enqueue(queue, command, job);
    if (!error) job_is_last(queue, done);
    pthread_mutex_unlock(&queue->mutex);
    if (error) job_free(job);
    device_signal_release(done);
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
    return queue_job(queue, command, host_call_run, free, call);
}
