// SDMA queues: copies and fills, and what orders and announces them. Indices are bytes since the queue's
// creation.
//
// Sources: AMD's sDMA packet description (dma_packets.txt); the amdgpu kernel driver's
// navi10_sdma_pkt_open.h. Dword numbers below are those of the packets there; address pairs are low, high.
#include "activity.h"
#include "base/log.h"
#include "base/sanitizer.h"
#include "device/softgpu/interpreter/fault.h"
#include "device/softgpu/interpreter/interpreter.h"
#include "device/softgpu/machine/clock.h"
#include "device/softgpu/machine/event.h"
#include "processor.h"

#include <string.h>

enum sdma_op {
    OP_NOP,
    OP_COPY,
    OP_FENCE = 5,
    OP_TRAP,
    OP_POLL_REGMEM = 8,
    OP_ATOMIC = 10,
    OP_CONST_FILL,
    OP_TIMESTAMP = 13,
    OP_GCR = 17,
    OPS,
};

enum { COPY_LINEAR = 0, COPY_LINEAR_RECT = 4, TIMESTAMP_GET_GLOBAL = 2, ATOMIC_ADD64 = 47, FILL_DWORDS = 2 };

static uint32_t bits(uint32_t word, unsigned low, unsigned count)
{
    return word >> low & ((1u << count) - 1);
}

static uint8_t *address_at(const uint32_t *pair) { return (uint8_t *)((uint64_t)pair[1] << 32 | pair[0]); }

// Each returns whether the packet is done; if not, it is not supported or the queue is ending.
typedef bool process_fn(struct queue *queue, const uint32_t *packet);

static bool copy_linear(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    memmove(address_at(packet + 5), address_at(packet + 3), bits(packet[1], 0, 22) + 1);
    return true;
}

// One side of a sub-window copy, in elements.
struct window {
    uint8_t *first;
    uint64_t pitch, slice; // bytes
};

static struct window window_read(const uint32_t *side, unsigned element)
{
    struct window window = {.first = address_at(side),
                            .pitch = (uint64_t)(bits(side[3], 13, 19) + 1) << element,
                            .slice = (uint64_t)(bits(side[4], 0, 28) + 1) << element};
    window.first += ((uint64_t)bits(side[2], 0, 14) << element) + bits(side[2], 16, 14) * window.pitch +
                    bits(side[3], 0, 11) * window.slice;
    return window;
}

static bool copy_rect(struct queue *queue, const uint32_t *packet)
{
    unsigned element = bits(packet[0], 29, 3);
    struct window from = window_read(packet + 1, element), to = window_read(packet + 6, element);
    size_t width = (size_t)(bits(packet[11], 0, 14) + 1) << element;
    unsigned height = bits(packet[11], 16, 14) + 1, depth = bits(packet[12], 0, 11) + 1;
    for (unsigned z = 0; z < depth && !queue_is_ending(queue); z++)
        for (unsigned y = 0; y < height; y++)
            memmove(to.first + z * to.slice + y * to.pitch, from.first + z * from.slice + y * from.pitch,
                    width);
    return true;
}

static bool fence(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    __atomic_store_n((uint32_t *)address_at(packet + 1), packet[3], __ATOMIC_RELEASE);
    return true;
}

// Interrupts carry the event's id.
static bool trap(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    event_raise(bits(packet[1], 0, 28));
    return true;
}

static bool compare(uint32_t function, uint32_t value, uint32_t reference)
{
    switch (function) {
    case 0:
        return true;
    case 1:
        return value < reference;
    case 2:
        return value <= reference;
    case 3:
        return value == reference;
    case 4:
        return value != reference;
    case 5:
        return value >= reference;
    default:
        return value > reference;
    }
}

static bool poll_holds(const void *of)
{
    const uint32_t *packet = of;
    uint32_t value = __atomic_load_n((const uint32_t *)address_at(packet + 1), __ATOMIC_ACQUIRE);
    return compare(bits(packet[0], 28, 3), value & packet[4], packet[3]);
}

static bool poll_memory(struct queue *queue, const uint32_t *packet)
{
    bool of_memory = bits(packet[0], 31, 1), flush_only = bits(packet[0], 26, 1);
    if (flush_only && !of_memory) return true;
    return of_memory && queue_wait_for(queue, poll_holds, packet);
}

static bool atomic(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    if (packet[0] >> 25 != ATOMIC_ADD64) return false;
    uint64_t operand = (uint64_t)packet[4] << 32 | packet[3];
    __atomic_add_fetch((uint64_t *)address_at(packet + 1), operand, __ATOMIC_SEQ_CST);
    activity_announce(); // it is a signal's value that ROCr counts down so
    return true;
}

static bool fill(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    if (packet[0] >> 30 != FILL_DWORDS) return false;
    uint32_t *to = (uint32_t *)address_at(packet + 1);
    for (size_t left = bits(packet[4], 0, 22) / 4 + 1; left > 0; left--) *to++ = packet[3];
    return true;
}

static bool timestamp(struct queue *queue, const uint32_t *packet)
{
    (void)queue;
    *(uint64_t *)address_at(packet + 1) = clock_ticks();
    return true;
}

// Caches are the host's, which keeps them coherent. Decoded code goes with PM4's ACQUIRE_MEM.
static bool cache_control(struct queue *queue, const uint32_t *packet)
{
    (void)queue, (void)packet;
    return true;
}

static bool nothing(struct queue *queue, const uint32_t *packet)
{
    (void)queue, (void)packet;
    return true;
}

static const struct packet_kind {
    uint8_t op, sub_op;
    uint8_t dwords;
    process_fn *process;
} kinds[] = {
    {OP_NOP, 0, 1, nothing},
    {OP_COPY, COPY_LINEAR, 7, copy_linear},
    {OP_COPY, COPY_LINEAR_RECT, 13, copy_rect},
    {OP_FENCE, 0, 4, fence},
    {OP_TRAP, 0, 2, trap},
    {OP_POLL_REGMEM, 0, 6, poll_memory},
    {OP_ATOMIC, 0, 8, atomic},
    {OP_CONST_FILL, 0, 5, fill},
    {OP_TIMESTAMP, TIMESTAMP_GET_GLOBAL, 3, timestamp},
    {OP_GCR, 1, 5, cache_control},
};

static const struct packet_kind *kind_of(uint32_t header)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].op == bits(header, 0, 8) && kinds[i].sub_op == bits(header, 8, 8)) return &kinds[i];
    return NULL;
}

static bool sdma_ready(const struct queue *queue)
{
    return __atomic_load_n(queue->write, __ATOMIC_ACQUIRE) != __atomic_load_n(queue->read, __ATOMIC_ACQUIRE);
}

// Packets never straddle the ring's end as ROCr writes them (it pads), but may by their definition.
static void packet_fetch(const struct queue *queue, uint32_t *packet, unsigned dwords)
{
    for (unsigned i = 0; i < dwords; i++)
        memcpy(&packet[i], queue->ring + (*queue->read + 4 * i) % queue->ring_size, 4);
}

// There is nobody to tell but the process: an SDMA queue has no error callback.
static void sdma_refuse(struct queue *queue, uint32_t header)
{
    __atomic_store_n(&queue->failed, true, __ATOMIC_RELAXED);
    log_error("SDMA packet 0x%08x is not supported: the queue that copies has stopped", header);
}

static void packet_process(struct queue *queue)
{
    enum { DWORDS_MAX = 16 };
    uint32_t packet[DWORDS_MAX];
    packet_fetch(queue, packet, 1);
    const struct packet_kind *kind = kind_of(packet[0]);
    if (!kind) {
        sdma_refuse(queue, packet[0]);
        return;
    }
    packet_fetch(queue, packet, kind->dwords);
    if (!kind->process(queue, packet)) {
        if (!queue_is_ending(queue)) sdma_refuse(queue, packet[0]);
        return;
    }
    unsigned skipped = kind->op == OP_NOP ? bits(packet[0], 16, 14) : 0; // dwords after a no-op's header
    __atomic_store_n(queue->read, *queue->read + 4 * (uint64_t)(kind->dwords + skipped), __ATOMIC_RELEASE);
}

// A copy that faults is the process's error, as on a GPU: ROCr tells the application, or ends it.
static void sdma_step(struct queue *queue)
{
    struct fault_trap guard;
    fault_handlers_install();
    if (sigsetjmp(guard.jump, 0)) {
        __atomic_store_n(&queue->failed, true, __ATOMIC_RELAXED);
        log_error("memory fault of a copy at address 0x%llx", (unsigned long long)guard.address);
        event_raise_memory_fault(guard.address, guard.write);
        return;
    }
    sanitizer_acquire(SANITIZER_COPIES);
    fault_arm(&guard);
    packet_process(queue);
    fault_disarm(&guard);
}

// Nobody works on these but their own thread: they have no signals to wait for.
static bool sdma_is_no(const struct queue *queue, uint64_t index)
{
    (void)queue, (void)index;
    return false;
}

const struct processor sdma_processor = {"kiln-sdma", sdma_ready, sdma_is_no, sdma_is_no, sdma_step};
