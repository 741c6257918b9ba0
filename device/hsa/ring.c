#include "ring.h"

#include "kick.h"
#include "signal.h"

#include <hsa/amd_hsa_queue.h>
#include <stdlib.h>
#include <string.h>

#define EPOCHS 32 // that fill the ring, about
// Bytes a work-item of a kernel whose stack the compiler could not bound.
#define DYNAMIC_STACK_SIZE (16u << 10)

// Every packet makes earlier writes of anyone visible and its own visible to anyone: an event may tell the
// host of any of them.
#define HEADER(type)                                                                                         \
    ((type) << HSA_PACKET_HEADER_TYPE | 1 << HSA_PACKET_HEADER_BARRIER |                                     \
     HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |                                     \
     HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE)

static struct ring_epoch *epoch_create(void)
{
    struct ring_epoch *epoch = calloc(1, sizeof *epoch);
    if (epoch && device_signal_create(&epoch->signal) == CL_SUCCESS) return epoch;
    free(epoch);
    return NULL;
}

static void epoch_free(struct ring_epoch *epoch)
{
    device_signal_release(epoch->signal);
    free(epoch);
}

static void epoch_begin(struct ring *ring)
{
    ring->epoch_start = ring->written;
    ring->epoch_end = ring->written + ring->hsa->size / EPOCHS;
}

bool ring_open(struct ring *ring, struct device *device, const struct queue_owner *owner,
               const struct device_queue_options *options)
{
    ring->last = &ring->first;
    ring->pooled = queue_pool_take(device, owner, options);
    if (!ring->pooled) return false;
    ring->hsa = ring->pooled->hsa;
    ring->kernels = calloc(ring->hsa->size, sizeof *ring->kernels);
    ring->written = ring->retired = hsa.queue_write_index(ring->hsa);
    epoch_begin(ring);
    ring->closing = ring->kernels ? epoch_create() : NULL;
    if (ring->closing) return true;
    free(ring->kernels);
    queue_pool_give(ring->pooled, false);
    return false;
}

// ---- Argument memory ----------------------------------------------------------------------------------

// Frees what belongs to epochs that have ended.
static void epochs_retire(struct ring *ring, bool all)
{
    struct ring_epoch *epoch;
    while ((epoch = ring->first) && (all || device_signal_state(epoch->signal) <= 0)) {
        struct argument_chunk **end = &epoch->chunks;
        while (*end) end = &(*end)->next;
        *end = ring->spare;
        ring->spare = epoch->chunks;
        ring->retired = epoch->end;
        if (!(ring->first = epoch->next)) ring->last = &ring->first;
        epoch_free(epoch);
    }
}

// Makes ring->chunks one with room for `size` bytes.
static cl_int chunk_reserve(struct ring *ring, size_t size)
{
    struct argument_chunk **place = &ring->spare, *chunk;
    if (ring_arguments_fit(ring, size)) return CL_SUCCESS;
    epochs_retire(ring, false); // its chunks are spare then
    while (*place && (*place)->size < size) place = &(*place)->next;
    chunk = *place;
    if (chunk)
        *place = chunk->next;
    else if (!(chunk = argument_chunk_create(ring->pooled->device, size)))
        return CL_OUT_OF_RESOURCES;
    chunk->used = 0;
    chunk->next = ring->chunks;
    ring->chunks = chunk;
    return CL_SUCCESS;
}

void *ring_arguments(struct ring *ring, size_t size) { return argument_chunk_take(ring->chunks, size); }

// ---- Epochs -------------------------------------------------------------------------------------------

// Returns its signal, retained: it may be retired at once.
static struct device_signal *epoch_close(struct ring *ring, struct ring_epoch *following)
{
    struct ring_epoch *epoch = ring->closing;
    ring->closing = following;
    ring_barrier(ring, NULL, 0, epoch->signal);
    epoch_begin(ring);
    epoch->end = ring->written;
    epoch->chunks = ring->chunks;
    ring->chunks = NULL;
    *ring->last = epoch;
    ring->last = &epoch->next;
    device_signal_retain(epoch->signal);
    return epoch->signal;
}

cl_int ring_reserve(struct ring *ring, unsigned packets, size_t size, struct device_signal **full,
                    struct device_signal **closed)
{
    *full = *closed = NULL;
    if (packets > ring->hsa->size / 2) return CL_OUT_OF_RESOURCES;
    size = argument_round(size);
    if (ring->written >= ring->epoch_end) { // the last slot is always left for this packet
        struct ring_epoch *following = epoch_create();
        if (!following) return CL_OUT_OF_HOST_MEMORY;
        *closed = epoch_close(ring, following);
    }
    if (!ring_packets_fit(ring, packets)) epochs_retire(ring, false);
    if (ring_packets_fit(ring, packets)) return chunk_reserve(ring, size);
    *full = ring->first->signal; // the ring is at least half full, so an epoch is closed
    device_signal_retain(*full);
    return CL_SUCCESS;
}

struct device_signal *ring_end(struct ring *ring, bool *added)
{
    *added = ring->written > ring->epoch_start;
    if (*added) return epoch_close(ring, NULL);
    const struct ring_epoch *epoch = ring->first;
    while (epoch && epoch->next) epoch = epoch->next;
    if (epoch) device_signal_retain(epoch->signal);
    return epoch ? epoch->signal : NULL;
}

void ring_close(struct ring *ring, bool dead)
{
    queue_pool_give(ring->pooled, dead);
    epochs_retire(ring, true);
    if (ring->closing) epoch_free(ring->closing);
    argument_chunks_free(ring->chunks);
    argument_chunks_free(ring->spare);
    free(ring->kernels);
}

// ---- Packets ------------------------------------------------------------------------------------------

// What HSA's own functions for the indices read and write, without a call into ROCr.
static amd_queue_t *amd_queue(const struct ring *ring) { return (amd_queue_t *)ring->hsa; }

struct device_queue_addresses ring_addresses(const struct ring *ring)
{
    const amd_queue_t *queue = amd_queue(ring);
    return (struct device_queue_addresses){(uintptr_t)queue, queue->group_segment_aperture_base_hi,
                                           queue->private_segment_aperture_base_hi};
}

static uint64_t read_index(const struct ring *ring)
{
    return __atomic_load_n(&amd_queue(ring)->read_dispatch_id, __ATOMIC_ACQUIRE);
}

static void *packet_slot(const struct ring *ring, uint64_t index)
{
    return (uint8_t *)ring->hsa->base_address + (index & (ring->hsa->size - 1)) * 64;
}

// The header makes a packet valid, so it is written last; `start` is the packet's first four bytes.
static void packet_validate(const struct ring *ring, uint64_t index, uint32_t start)
{
    __atomic_store_n((uint32_t *)packet_slot(ring, index), start, __ATOMIC_RELEASE);
}

static void packets_begin(struct ring *ring, unsigned count)
{
    ring->written += count;
    // Nobody else writes to this queue.
    __atomic_store_n(&amd_queue(ring)->write_dispatch_id, ring->written, __ATOMIC_RELEASE);
}

static void packets_announce(const struct ring *ring, const struct device_signal *done)
{
    kick_doorbell(ring->hsa, ring->pooled->processor, ring->written - 1);
    if (done && signal_is_awaited(done)) ring_wake(ring);
}

static void packet_publish(struct ring *ring, uint32_t start, uint64_t kernel,
                           const struct device_signal *done)
{
    uint64_t index = ring->written;
    ring->kernels[index & (ring->hsa->size - 1)] = kernel;
    packets_begin(ring, 1);
    packet_validate(ring, index, start);
    packets_announce(ring, done);
}

// For the packet with this index.
static hsa_signal_t signal_give(const struct ring *ring, uint64_t index, struct device_signal *signal)
{
    signal->packet = index + 1;
    signal->processor = ring->pooled->processor;
    signal_device_ends(signal);
    return signal->hsa;
}

void ring_barrier(struct ring *ring, struct device_signal *const *wait, unsigned count,
                  struct device_signal *done)
{
    hsa_barrier_and_packet_t packet = {0};
    for (unsigned i = 0; i < count; i++) packet.dep_signal[i] = wait[i]->hsa;
    if (done) packet.completion_signal = signal_give(ring, ring->written, done);
    uint8_t *slot = packet_slot(ring, ring->written);
    memcpy(slot + 4, (uint8_t *)&packet + 4, sizeof packet - 4);
    packet_publish(ring, HEADER(HSA_PACKET_TYPE_BARRIER_AND), 0, done);
}

static uint32_t private_size_of(const struct device_code *kernel)
{
    return kernel->dynamic_stack && kernel->private_size < DYNAMIC_STACK_SIZE ? DYNAMIC_STACK_SIZE
                                                                              : kernel->private_size;
}

uint32_t ring_packet_make(hsa_kernel_dispatch_packet_t *packet, const struct device_dispatch *dispatch,
                          const void *arguments)
{
    packet->workgroup_size_x = dispatch->local[0];
    packet->workgroup_size_y = dispatch->local[1];
    packet->workgroup_size_z = dispatch->local[2];
    packet->reserved0 = 0;
    packet->grid_size_x = dispatch->global[0];
    packet->grid_size_y = dispatch->global[1];
    packet->grid_size_z = dispatch->global[2];
    packet->private_segment_size = private_size_of(dispatch->kernel);
    packet->group_segment_size = dispatch->group_size;
    packet->kernel_object = dispatch->kernel->object;
    packet->kernarg_address = (void *)(uintptr_t)arguments;
    packet->reserved2 = 0;
    packet->completion_signal = (hsa_signal_t){0};
    uint32_t setup = dispatch->dimensions << HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS;
    return HEADER(HSA_PACKET_TYPE_KERNEL_DISPATCH) | setup << 16;
}

void ring_dispatch(struct ring *ring, const struct device_dispatch *dispatch, const void *arguments,
                   struct device_signal *done)
{
    hsa_kernel_dispatch_packet_t *packet = packet_slot(ring, ring->written);
    uint32_t start = ring_packet_make(packet, dispatch, arguments);
    if (done) packet->completion_signal = signal_give(ring, ring->written, done);
    packet_publish(ring, start, dispatch->kernel->object, done);
}

void ring_packets(struct ring *ring, const hsa_kernel_dispatch_packet_t *packets, unsigned count,
                  struct device_signal *done)
{
    uint64_t first = ring->written;
    for (unsigned i = 0; i < count; i++) {
        uint8_t *slot = packet_slot(ring, first + i);
        memcpy(slot + 4, (const uint8_t *)&packets[i] + 4, sizeof *packets - 4);
        ring->kernels[(first + i) & (ring->hsa->size - 1)] = packets[i].kernel_object;
    }
    if (done) {
        hsa_kernel_dispatch_packet_t *last = packet_slot(ring, first + count - 1);
        last->completion_signal = signal_give(ring, first + count - 1, done);
    }
    packets_begin(ring, count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t start;
        memcpy(&start, &packets[i], sizeof start);
        packet_validate(ring, first + i, start);
    }
    packets_announce(ring, done);
}

void ring_wake(const struct ring *ring) { kick_wake(ring->pooled->processor); }

// The device moves its index on when it begins with a packet or, as the software GPU does, when it has done
// it.
bool ring_is_at(const struct ring *ring, uint64_t index) { return read_index(ring) >= index; }

uint64_t ring_current_kernel(const struct ring *ring)
{
    uint64_t index = read_index(ring);
    if (index == ring->written && index > ring->retired)
        index--; // the index moved on before the packet ended
    return index < ring->written ? ring->kernels[index & (ring->hsa->size - 1)] : 0;
}
