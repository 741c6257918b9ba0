#include "queue_pool.h"

#include "base/log.h"
#include "base/thread.h"
#include "fault.h"
#include "kick.h"
#include "queue.h"

#include <stdlib.h>

#define IDLE_MAX 16

// HSA's callback for errors of a queue, on ROCr's event thread.
static void pooled_error(hsa_status_t status, hsa_queue_t *hsa_queue, void *argument)
{
    struct pooled_queue *pooled = argument;
    if (!runtime_alive()) return;
    pthread_mutex_lock(&pooled->device->mutex);
    struct device_queue *owner = pooled->owner;
    bool wanted = owner && device_queue_retain_live(owner);
    pthread_mutex_unlock(&pooled->device->mutex);
    if (!wanted) return;
    fault_queue_error(owner, status, hsa_queue);
    device_queue_release(owner);
}

static struct pooled_queue *pooled_create(struct device *device)
{
    struct pooled_queue *pooled = calloc(1, sizeof *pooled);
    uint32_t packets = device->queue_packets_max < RING_PACKETS ? device->queue_packets_max : RING_PACKETS;
    if (!pooled) return NULL;
    pooled->device = device;
    if (hsa.queue_create(device->agent, packets, HSA_QUEUE_TYPE_MULTI, pooled_error, pooled, UINT32_MAX,
                         UINT32_MAX, &pooled->hsa) == HSA_STATUS_SUCCESS) {
        pooled->processor = kick_processor(pooled->hsa);
        return pooled;
    }
    free(pooled);
    return NULL;
}

static void *pooled_destroy(void *argument)
{
    struct pooled_queue *pooled = argument;
    hsa.queue_destroy(pooled->hsa);
    free(pooled);
    return NULL;
}

static void pooled_discard(struct pooled_queue *pooled)
{
    if (!thread_start(NULL, "kiln-destroy", pooled_destroy, pooled))
        log_error("no thread to destroy a queue with; it is kept");
}

// A hint: a queue of another priority than wished for is as good.
static void pooled_set_priority(struct pooled_queue *pooled, enum device_queue_priority priority)
{
    static const hsa_amd_queue_priority_t priorities[] = {
        [DEVICE_QUEUE_NORMAL] = HSA_AMD_QUEUE_PRIORITY_NORMAL,
        [DEVICE_QUEUE_LOW] = HSA_AMD_QUEUE_PRIORITY_LOW,
        [DEVICE_QUEUE_HIGH] = HSA_AMD_QUEUE_PRIORITY_HIGH,
    };
    if (pooled->priority == priority) return;
    hsa.queue_set_priority(pooled->hsa, priorities[priority]);
    pooled->priority = priority;
}

// One that is idle, or a new one.
static struct pooled_queue *idle_take(struct device *device)
{
    pthread_mutex_lock(&device->mutex);
    struct pooled_queue *pooled = device->idle;
    if (pooled) {
        device->idle = pooled->next;
        device->idle_count--;
    }
    pthread_mutex_unlock(&device->mutex);
    return pooled ? pooled : pooled_create(device);
}

// A mask has a bit for each compute unit; none at all lets the queue have them all.
static bool pooled_confine(struct pooled_queue *pooled, struct device_units units)
{
    uint32_t mask[32] = {0}, bits = units.first + units.count;
    if (units.first == pooled->units.first && units.count == pooled->units.count) return true;
    if (bits > 32 * sizeof mask / sizeof *mask) return false;
    for (uint32_t unit = units.first; unit < bits; unit++) mask[unit / 32] |= 1U << unit % 32;
    hsa_status_t status = hsa.queue_cu_set_mask(pooled->hsa, units.count ? (bits + 31) / 32 * 32 : 0, mask);
    if (status != HSA_STATUS_SUCCESS) return false;
    pooled->units = units;
    return true;
}

bool device_units_check(struct device *device, struct device_units units)
{
    struct pooled_queue *pooled = runtime_alive() ? idle_take(device) : NULL;
    if (!pooled) return false;
    bool confined = pooled_confine(pooled, units);
    queue_pool_give(pooled, !confined);
    return confined;
}

struct pooled_queue *queue_pool_take(struct device *device, struct device_queue *owner,
                                     const struct device_queue_options *options)
{
    struct pooled_queue *pooled = idle_take(device);
    if (!pooled) return NULL;
    pooled_set_priority(pooled, options->priority);
    if (!pooled_confine(pooled, options->units) ||
        hsa.profiling_enable(pooled->hsa, options->profiling) != HSA_STATUS_SUCCESS) {
        pooled_discard(pooled);
        return NULL;
    }
    pthread_mutex_lock(&device->mutex);
    pooled->owner = owner;
    pthread_mutex_unlock(&device->mutex);
    return pooled;
}

void queue_pool_give(struct pooled_queue *pooled, bool dead)
{
    struct device *device = pooled->device;
    pthread_mutex_lock(&device->mutex);
    pooled->owner = NULL;
    bool keep = !dead && device->idle_count < IDLE_MAX;
    if (keep) {
        pooled->next = device->idle;
        device->idle = pooled;
        device->idle_count++;
    }
    pthread_mutex_unlock(&device->mutex);
    if (!keep) pooled_discard(pooled);
}
