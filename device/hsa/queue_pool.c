#include "queue_pool.h"

#include "base/thread.h"
#include "kick.h"

#include <stdlib.h>

enum {
    IDLE_MAX = 16,
    DESTROYERS_MAX = 4, // threads: should one sleep for ever, the queues that others destroy wake it
};

// HSA's callback for errors of a queue, on ROCr's event thread.
static void pooled_error(hsa_status_t status, hsa_queue_t *hsa_queue, void *argument)
{
    struct pooled_queue *pooled = argument;
    if (!runtime_alive()) return;
    pthread_mutex_lock(&pooled->device->mutex);
    const struct queue_owner *owner = pooled->owner;
    struct device_queue *queue = owner ? owner->queue : NULL;
    bool wanted = queue && owner->retain(queue);
    pthread_mutex_unlock(&pooled->device->mutex);
    if (wanted) owner->error(queue, status, hsa_queue);
}

static struct pooled_queue *pooled_create(struct device *device)
{
    struct pooled_queue *pooled = calloc(1, sizeof *pooled);
    uint32_t packets = device->queue_packets_max < QUEUE_PACKETS ? device->queue_packets_max : QUEUE_PACKETS;
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

// ---- Destruction --------------------------------------------------------------------------------------

static struct pooled_queue *list_take(struct pooled_queue **list)
{
    struct pooled_queue *pooled = *list;
    if (pooled) *list = pooled->next;
    return pooled;
}

static void list_put(struct pooled_queue **list, struct pooled_queue *pooled)
{
    pooled->next = *list;
    *list = pooled;
}

// One that nobody can use, or that is too many. With the device's mutex held.
static struct pooled_queue *surplus_take(struct device *device)
{
    if (device->dead) return list_take(&device->dead);
    if (device->idle_count <= IDLE_MAX) return NULL;
    device->idle_count--;
    return list_take(&device->idle);
}

static void *surplus_destroy(void *argument)
{
    struct device *device = argument;
    struct pooled_queue *pooled;
    pthread_mutex_lock(&device->mutex);
    while (runtime_alive() && (pooled = surplus_take(device))) {
        pthread_mutex_unlock(&device->mutex);
        hsa.queue_destroy(pooled->hsa);
        free(pooled);
        pthread_mutex_lock(&device->mutex);
    }
    device->destroyers--;
    pthread_mutex_unlock(&device->mutex);
    return NULL;
}

// Where no thread is to be had, what is surplus waits for the next time.
static void surplus_discard(struct device *device)
{
    pthread_mutex_lock(&device->mutex);
    bool wanted = (device->dead || device->idle_count > IDLE_MAX) && device->destroyers < DESTROYERS_MAX;
    if (wanted && thread_start(NULL, "kiln-destroy", surplus_destroy, device)) device->destroyers++;
    pthread_mutex_unlock(&device->mutex);
}

void queue_pool_give(struct pooled_queue *pooled, bool dead)
{
    struct device *device = pooled->device;
    pthread_mutex_lock(&device->mutex);
    pooled->owner = NULL;
    list_put(dead ? &device->dead : &device->idle, pooled);
    device->idle_count += !dead;
    pthread_mutex_unlock(&device->mutex);
    surplus_discard(device);
}

// ---- Use ----------------------------------------------------------------------------------------------

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
    struct pooled_queue *pooled = list_take(&device->idle);
    if (pooled) device->idle_count--;
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

struct pooled_queue *queue_pool_take(struct device *device, const struct queue_owner *owner,
                                     const struct device_queue_options *options)
{
    struct pooled_queue *pooled = idle_take(device);
    if (!pooled) return NULL;
    pooled_set_priority(pooled, options->priority);
    if (!pooled_confine(pooled, options->units) ||
        hsa.profiling_enable(pooled->hsa, options->profiling) != HSA_STATUS_SUCCESS) {
        queue_pool_give(pooled, true);
        return NULL;
    }
    pthread_mutex_lock(&device->mutex);
    pooled->owner = owner;
    pthread_mutex_unlock(&device->mutex);
    return pooled;
}
