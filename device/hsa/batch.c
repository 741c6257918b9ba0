#include "batch.h"
#include "ring.h"

#include <stdlib.h>
#include <string.h>

cl_int device_batch_create(struct device *device, struct device_batch **out)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    struct device_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return CL_OUT_OF_HOST_MEMORY;
    batch->device = device;
    *out = batch;
    return CL_SUCCESS;
}

void device_batch_destroy(struct device_batch *batch)
{
    if (runtime_alive()) argument_chunks_free(batch->chunks);
    free(batch->packets);
    free(batch);
}

size_t device_batch_count(const struct device_batch *batch) { return batch->count; }

static cl_int packets_reserve(struct device_batch *batch)
{
    if (batch->count < batch->room) return CL_SUCCESS;
    size_t room = batch->room ? batch->room * 2 : 16;
    hsa_kernel_dispatch_packet_t *grown = reallocarray(batch->packets, room, sizeof *grown);
    if (!grown) return CL_OUT_OF_HOST_MEMORY;
    batch->packets = grown;
    batch->room = room;
    return CL_SUCCESS;
}

static cl_int arguments_reserve(struct device_batch *batch, size_t size)
{
    if (!size || (batch->chunks && batch->chunks->size - batch->chunks->used >= argument_round(size)))
        return CL_SUCCESS;
    struct argument_chunk *chunk = argument_chunk_create(batch->device, size);
    if (!chunk) return CL_OUT_OF_RESOURCES;
    chunk->next = batch->chunks;
    batch->chunks = chunk;
    return CL_SUCCESS;
}

cl_int device_batch_add(struct device_batch *batch, const struct device_dispatch *dispatch)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    size_t size = dispatch->kernel->kernarg_size;
    cl_int error = packets_reserve(batch);
    if (!error) error = arguments_reserve(batch, size);
    if (error) return error;
    void *arguments = NULL;
    if (size) arguments = memcpy(argument_chunk_take(batch->chunks, size), dispatch->kernarg, size);
    hsa_kernel_dispatch_packet_t *packet = &batch->packets[batch->count++];
    uint32_t start = ring_packet_make(packet, dispatch, arguments);
    memcpy(packet, &start, sizeof start);
    return CL_SUCCESS;
}
