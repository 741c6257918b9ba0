// A queue's beginning and end, and who is told when a command of its ends abnormally.
#include "fault.h"
#include "queue.h"

#include <stdlib.h>

static void queue_list(struct device_queue *queue)
{
    pthread_mutex_lock(&queue->device->mutex);
    queue->next = queue->device->queues;
    if (queue->next) queue->next->previous = queue;
    queue->device->queues = queue;
    pthread_mutex_unlock(&queue->device->mutex);
}

static void queue_unlist(struct device_queue *queue)
{
    pthread_mutex_lock(&queue->device->mutex);
    *(queue->previous ? &queue->previous->next : &queue->device->queues) = queue->next;
    if (queue->next) queue->next->previous = queue->previous;
    pthread_mutex_unlock(&queue->device->mutex);
}

static void owner_error(struct device_queue *queue, hsa_status_t status, hsa_queue_t *hsa_queue)
{
    fault_queue_error(queue, status, hsa_queue);
    device_queue_release(queue);
}

cl_int device_queue_create(struct device *device, const struct device_queue_options *options,
                           struct device_queue **result)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    struct device_queue *queue = calloc(1, sizeof *queue);
    if (!queue) return CL_OUT_OF_HOST_MEMORY;
    atomic_store(&queue->references, 1);
    queue->device = device;
    queue->owner = (struct queue_owner){queue, device_queue_retain_live, owner_error};
    if (options) queue->options = *options;
    queue->worker = worker_create("kiln-queue");
    queue->watcher = watcher_create();
    bool made = queue->worker && queue->watcher;
    cl_int error = made ? CL_OUT_OF_RESOURCES : CL_OUT_OF_HOST_MEMORY;
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->settled, NULL);
    if (made && ring_open(&queue->ring, device, &queue->owner, &queue->options)) error = CL_SUCCESS;
    if (error != CL_SUCCESS) {
        if (queue->worker) worker_release(queue->worker);
        if (queue->watcher) watcher_release(queue->watcher);
        free(queue);
        return error;
    }
    queue_list(queue);
    *result = queue;
    return CL_SUCCESS;
}

static void tail_wait(struct device_signal *tail)
{
    if (!tail) return;
    device_signal_wait(tail);
    device_signal_release(tail);
}

// Unlike device_queue_finish it cannot fail, for it needs no memory. And it waits for the packet of each
// epoch, which is no command, and may come after all commands: left behind, it would end whatever its signal
// has become by then. (A dead queue's are carried out no more.)
static void queue_end(struct device_queue *queue)
{
    struct device_signal *packets = NULL, *jobs = NULL;
    bool added = false;
    pthread_mutex_lock(&queue->mutex);
    if (!queue_error(queue)) {
        packets = ring_end(&queue->ring, &added);
        if (added) queue_pending_add(queue, packets, true);
        if ((jobs = queue->job_tail)) device_signal_retain(jobs);
    }
    pthread_mutex_unlock(&queue->mutex);
    tail_wait(packets);
    tail_wait(jobs);
}

void device_queue_destroy(struct device_queue *queue)
{
    if (!runtime_alive()) return; // goes with the process
    queue_end(queue);
    if (queue_error(queue)) queue_settle(queue);
    if (!runtime_alive()) return;
    queue_unlist(queue);
    device_queue_release(queue);
}
