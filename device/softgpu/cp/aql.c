// AQL queues. Packets are processed one after the other, so the barrier bit always holds, and every packet's
// writes are visible to the next and to the host: fences have nothing left to do.
//
// Source: HSA System Architecture 1.2, section 2.9; <hsa/hsa_ext_amd.h> for the barrier-value packet.
#include "base/sanitizer.h"
#include "device/softgpu/machine/clock.h"
#include "dispatch.h"
#include "exception.h"
#include "pm4.h"
#include "pool.h"
#include "processor.h"
#include "signal.h"

#include <hsa/amd_hsa_queue.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stddef.h>
#include <string.h>

enum { PACKET_SIZE = 64, DEPENDENCIES = 5, TYPES = 256 };

static amd_queue_t *amd_queue(const struct queue *queue)
{
    return (amd_queue_t *)((uint64_t)queue->read - offsetof(amd_queue_t, read_dispatch_id));
}

static uint64_t *packet_at(const struct queue *queue, uint64_t index)
{
    return (uint64_t *)(queue->ring + index * PACKET_SIZE % queue->ring_size);
}

static uint16_t header_of(const void *packet)
{
    return __atomic_load_n((const uint16_t *)packet, __ATOMIC_ACQUIRE);
}

static unsigned type_of(const void *packet) { return header_of(packet) & (TYPES - 1); }

static bool aql_ready(const struct queue *queue)
{
    return type_of(packet_at(queue, __atomic_load_n(queue->read, __ATOMIC_ACQUIRE))) !=
           HSA_PACKET_TYPE_INVALID;
}

static const unsigned fault_exceptions[] = {
    [FAULT_ILLEGAL_INSTRUCTION] = EXCEPTION_ILLEGAL_INSTRUCTION,
    // Not the memory violation of its own: ROCr 5.2.3 leaves that to a process-wide event, which ends the
    // process.
    [FAULT_MEMORY] = EXCEPTION_APERTURE_VIOLATION,
    [FAULT_TRAP] = EXCEPTION_TRAP,
    [FAULT_INVALID_DISPATCH] = EXCEPTION_DISPATCH_CODE,
};

// Each returns whether the packet is done; if not, the queue is ending or has failed.
static bool dispatch_process(struct queue *queue, const void *packet)
{
    char why[160];
    struct dispatch dispatch = {.queue = amd_queue(queue), .dispatch_id = *queue->read};
    unsigned exception = dispatch_resolve(packet, &dispatch, why, sizeof why);
    if (exception) {
        queue_fail(queue, exception, "%s", why);
        return false;
    }
    struct fault fault;
    switch (pool_run(queue, &dispatch, &fault)) {
    case POOL_DONE:
        return true;
    case POOL_CANCELLED:
        return false;
    case POOL_FAULT:
        queue_fail(queue, fault_exceptions[fault.kind], "%s", fault.text);
        return false;
    default:
        queue_fail(queue, EXCEPTION_DISPATCH_GROUP_SIZE, "no memory for a compute unit");
        return false;
    }
}

static bool all_zero(const void *of)
{
    const hsa_barrier_and_packet_t *packet = of;
    for (int i = 0; i < DEPENDENCIES; i++)
        if (packet->dep_signal[i].handle && signal_value(packet->dep_signal[i].handle) != 0) return false;
    return true;
}

static bool any_zero(const void *of)
{
    const hsa_barrier_or_packet_t *packet = of;
    bool none = true;
    for (int i = 0; i < DEPENDENCIES; i++) {
        if (!packet->dep_signal[i].handle) continue;
        if (signal_value(packet->dep_signal[i].handle) == 0) return true;
        none = false;
    }
    return none;
}

static bool barrier_and_process(struct queue *queue, const void *packet)
{
    return queue_wait_for(queue, all_zero, packet);
}

static bool barrier_or_process(struct queue *queue, const void *packet)
{
    return queue_wait_for(queue, any_zero, packet);
}

static bool value_meets(const void *of)
{
    const hsa_amd_barrier_value_packet_t *packet = of;
    if (!packet->signal.handle) return true;
    int64_t value = signal_value(packet->signal.handle) & packet->mask;
    switch (packet->cond) {
    case HSA_SIGNAL_CONDITION_EQ:
        return value == packet->value;
    case HSA_SIGNAL_CONDITION_NE:
        return value != packet->value;
    case HSA_SIGNAL_CONDITION_LT:
        return value < packet->value;
    default:
        return value >= packet->value;
    }
}

static bool vendor_process(struct queue *queue, const void *of)
{
    enum { FORMAT_PM4 = 1 };
    const hsa_amd_barrier_value_packet_t *packet = of;
    char why[160];
    unsigned format = packet->header.AmdFormat;
    if (format == HSA_AMD_PACKET_TYPE_BARRIER_VALUE && packet->cond <= HSA_SIGNAL_CONDITION_GTE)
        return queue_wait_for(queue, value_meets, packet);
    if (format == FORMAT_PM4) {
        // Behind the header: four dwords of PM4.
        if (pm4_process((const uint32_t *)of + 1, 4, why, sizeof why)) return true;
        queue_fail(queue, EXCEPTION_VENDOR_UNSUPPORTED, "%s", why);
        return false;
    }
    queue_fail(queue, EXCEPTION_VENDOR_UNSUPPORTED,
               "vendor packet of format %u, condition %u is not supported", format, packet->cond);
    return false;
}

static bool (*const processes[TYPES])(struct queue *, const void *packet) = {
    [HSA_PACKET_TYPE_VENDOR_SPECIFIC] = vendor_process,
    [HSA_PACKET_TYPE_KERNEL_DISPATCH] = dispatch_process,
    [HSA_PACKET_TYPE_BARRIER_AND] = barrier_and_process,
    [HSA_PACKET_TYPE_BARRIER_OR] = barrier_or_process,
};

// Whether the packets are ROCr's own: its doorbells nobody announces, and a sanitizer sees none of its
// stores.
static bool is_runtimes(const struct queue *queue)
{
    return !__atomic_load_n(&queue->doorbell->announced, __ATOMIC_RELAXED);
}

// Only then is the clock read: that takes as long as a short kernel.
static bool is_profiled(const struct queue *queue)
{
    return amd_queue(queue)->queue_properties & AMD_QUEUE_PROPERTIES_ENABLE_PROFILING;
}

// The slot is free for the next packet before the completion signal tells anyone. Packets of all types have
// that signal at the same place. `times` NULL: nobody asks for them.
static void packet_retire(struct queue *queue, void *packet, struct times *times)
{
    uint64_t signal = ((hsa_barrier_and_packet_t *)packet)->completion_signal.handle;
    if (times) times->end = clock_ticks();
    if (is_runtimes(queue)) sanitizer_release(SANITIZER_COPIES);
    __atomic_store_n((uint16_t *)packet, HSA_PACKET_TYPE_INVALID, __ATOMIC_RELEASE);
    __atomic_store_n(queue->read, *queue->read + 1, __ATOMIC_RELEASE);
    signal_complete(signal, times);
}

static void aql_step(struct queue *queue)
{
    void *packet = packet_at(queue, *queue->read);
    unsigned type = type_of(packet);
    bool profiled = is_profiled(queue);
    struct times times = {.start = profiled ? clock_ticks() : 0};
    if (is_runtimes(queue)) sanitizer_acquire(SANITIZER_COPIES);
    if (!processes[type])
        queue_fail(queue, EXCEPTION_PACKET_UNSUPPORTED, "packet of type %u is not supported", type);
    else if (processes[type](queue, packet))
        packet_retire(queue, packet, profiled ? &times : NULL);
    else if (!__atomic_load_n(&queue->failed, __ATOMIC_RELAXED))
        __atomic_store_n(&queue->failed, true, __ATOMIC_RELAXED); // it is ending: nothing more may begin
}

// Barriers that have something to wait for are not short; that it may have ended already is not looked at.
static bool barrier_is_short(const hsa_barrier_and_packet_t *packet)
{
    bool waits = false;
    for (int i = 0; i < DEPENDENCIES; i++) waits |= packet->dep_signal[i].handle;
    return !waits;
}

static bool aql_is_short(const struct queue *queue, uint64_t index)
{
    const void *packet = packet_at(queue, index);
    switch (type_of(packet)) {
    case HSA_PACKET_TYPE_KERNEL_DISPATCH:
        return pool_is_short(queue, packet);
    case HSA_PACKET_TYPE_BARRIER_AND:
        return barrier_is_short(packet);
    default:
        return false;
    }
}

static bool aql_is_for_guests(const struct queue *queue, uint64_t index)
{
    const void *packet = packet_at(queue, index);
    unsigned type = type_of(packet);
    return type == HSA_PACKET_TYPE_KERNEL_DISPATCH ||
           (type == HSA_PACKET_TYPE_BARRIER_AND && barrier_is_short(packet));
}

const struct processor aql_processor = {"kiln-cp", aql_ready, aql_is_short, aql_is_for_guests, aql_step};
