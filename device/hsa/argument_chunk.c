#include "argument_chunk.h"

#include <stdlib.h>

#define CHUNK_SIZE (64u << 10)

struct argument_chunk *argument_chunk_create(const struct device *device, size_t size)
{
    struct argument_chunk *chunk = calloc(1, sizeof *chunk);
    void *memory = NULL;
    size = size > CHUNK_SIZE ? argument_round(size) : CHUNK_SIZE;
    if (!chunk || hsa.pool_allocate(device->kernarg, size, 0, &memory) != HSA_STATUS_SUCCESS) {
        free(chunk);
        return NULL;
    }
    if (hsa.allow_access(1, &device->agent, NULL, memory) != HSA_STATUS_SUCCESS) {
        hsa.pool_free(memory);
        free(chunk);
        return NULL;
    }
    chunk->memory = memory;
    chunk->size = size;
    return chunk;
}

void argument_chunks_free(struct argument_chunk *chunk)
{
    while (chunk) {
        struct argument_chunk *next = chunk->next;
        hsa.pool_free(chunk->memory);
        free(chunk);
        chunk = next;
    }
}
