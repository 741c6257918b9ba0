// ROCr reports errors from its one event thread, which must not be kept waiting. So the report only marks the
// queue; a thread of the queue's own tells the context and ends the signals. (Where none can be started, the
// event thread does: late news of other queues are better than none of this one.)
#include "fault.h"

#include "base/log.h"
#include "base/thread.h"
#include "kick.h"
#include "queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// Ends the signals of all commands that have not ended, but that of a job at work: it ends by itself.
static void fault_end_signals(struct device_queue *queue)
{
    cl_int error = queue_error(queue);
    pthread_mutex_lock(&queue->mutex);
    for (size_t i = 0; i < queue->pending_count; i++) {
        const struct pending *pending = &queue->pending[(queue->pending_first + i) % queue->pending_capacity];
        if (pending->ends && pending->signal != queue->running) signal_end(pending->signal, error, 0, 0);
    }
    queue->fault_told = true;
    pthread_cond_broadcast(&queue->settled);
    pthread_mutex_unlock(&queue->mutex);
}

static void *fault_run(void *argument)
{
    struct device_queue *queue = argument;
    struct device_fault fault = {queue_error(queue), queue->fault_text};
    pthread_mutex_lock(&queue->mutex);
    queue->fault_thread = pthread_self();
    queue->fault_telling = true;
    pthread_mutex_unlock(&queue->mutex);
    hsa.queue_inactivate(queue->ring.hsa); // from here on the device touches none of the signals
    if (queue->options.on_fault) queue->options.on_fault(queue->options.argument, &fault);
    fault_end_signals(queue);
    device_queue_release(queue);
    return NULL;
}

// Marks the queue dead and retains it for fault_tell; false: it was dead. `what` is one line; the kernel's
// name is added.
static bool fault_mark(struct device_queue *queue, cl_int error, const char *what)
{
    pthread_mutex_lock(&queue->mutex);
    cl_int alive = CL_SUCCESS;
    bool first = atomic_compare_exchange_strong(&queue->error, &alive, error);
    if (first) {
        char kernel[256];
        bool known = program_kernel_name(ring_current_kernel(&queue->ring), kernel, sizeof kernel);
        snprintf(queue->fault_text, sizeof queue->fault_text, "%s%s%s%s", known ? "kernel " : "",
                 known ? kernel : "", known ? ": " : "", what);
        log_info("device %s: %s", queue->device->info.name, queue->fault_text);
    }
    pthread_mutex_unlock(&queue->mutex);
    if (first) device_queue_retain(queue);
    return first;
}

// Without any lock: where no thread is to be had this one tells the application, which may come back.
static void fault_tell(struct device_queue *queue)
{
    if (!thread_start(NULL, "kiln-fault", fault_run, queue)) fault_run(queue);
}

static cl_int fault_error(hsa_status_t status)
{
    return status == HSA_STATUS_ERROR_INVALID_ALLOCATION ? CL_MEM_OBJECT_ALLOCATION_FAILURE
                                                         : CL_OUT_OF_RESOURCES;
}

void fault_queue_error(struct device_queue *queue, hsa_status_t status, hsa_queue_t *hsa_queue)
{
    char text[900];
    if (!kick_fault_text(hsa_queue, text, sizeof text))
        snprintf(text, sizeof text, "%s", runtime_status_text(status));
    if (fault_mark(queue, fault_error(status), text)) fault_tell(queue);
}

static void memory_fault_text(const hsa_amd_gpu_memory_fault_info_t *fault, char *text, size_t size)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } reasons[] = {
        {HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT, ": no such page"},
        {HSA_AMD_MEMORY_FAULT_READ_ONLY, ": page is read-only"},
        {HSA_AMD_MEMORY_FAULT_NX, ": page is not executable"},
        {HSA_AMD_MEMORY_FAULT_HOST_ONLY, ": page is the host's only"},
        {HSA_AMD_MEMORY_FAULT_DRAMECC, ": uncorrectable memory error"},
        {HSA_AMD_MEMORY_FAULT_IMPRECISE, " (the address is approximate)"},
        {HSA_AMD_MEMORY_FAULT_SRAMECC, ": uncorrectable on-chip memory error"},
        {HSA_AMD_MEMORY_FAULT_HANG, ": the device hangs"},
    };
    size_t used =
        (size_t)snprintf(text, size, "memory access fault at address 0x%" PRIx64, fault->virtual_address);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons && used < size; i++)
        if (fault->fault_reason_mask & reasons[i].bit)
            used += (size_t)snprintf(text + used, size - used, "%s", reasons[i].text);
}

hsa_status_t fault_system_event(const hsa_amd_event_t *event, void *argument)
{
    (void)argument;
    char text[300];
    if (event->event_type != HSA_AMD_GPU_MEMORY_FAULT_EVENT) return HSA_STATUS_ERROR;
    struct device *device = devices_by_agent(event->memory_fault.agent);
    if (!device) return HSA_STATUS_ERROR;
    memory_fault_text(&event->memory_fault, text, sizeof text);
    struct device_queue *faulted = NULL, *next;
    pthread_mutex_lock(&device->mutex);
    for (struct device_queue *queue = device->queues; queue; queue = queue->next) {
        if (!fault_mark(queue, CL_OUT_OF_RESOURCES, text)) continue;
        queue->next_faulted = faulted;
        faulted = queue;
    }
    pthread_mutex_unlock(&device->mutex);
    for (; faulted; faulted = next) {
        next = faulted->next_faulted;
        fault_tell(faulted);
    }
    return HSA_STATUS_SUCCESS;
}
